namespace PvExec.Processes.Proxy;

/// <summary>Who listens on a port.</summary>
internal interface IPortOwners
{
    /// <summary>The program and pid for a log line, or null when nobody known does.</summary>
    string? OwnerOf(int port);
}
