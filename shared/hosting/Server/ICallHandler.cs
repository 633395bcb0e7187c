namespace PvExec.Hosting.Server;

/// <summary>What a server does with a call.</summary>
internal interface ICallHandler
{
    /// <summary>Returns when the call has been answered. Never throws.</summary>
    Task HandleAsync(ServerCall call);
}
