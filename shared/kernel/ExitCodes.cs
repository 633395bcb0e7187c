namespace PvExec.Kernel;

/// <summary>The exit codes of our own programs, part of their contract (those of s6).</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The operation was carried out and failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line, a variable or a path it names is wrong.</summary>
    public const int Usage = 100;

    /// <summary>The system refused something: a port, a mount, a store.</summary>
    public const int System = 111;
}
