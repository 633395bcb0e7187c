using PvExec.Kernel;

namespace PvExec.Cli;

/// <summary>How a command ended.</summary>
/// <param name="Code">The program's exit code.</param>
/// <param name="Line">What to say on standard error, or null.</param>
public readonly record struct Ended(int Code, string? Line = null)
{
    public static Ended Well => new(ExitCodes.Success);

    /// <summary>The command line or a variable is wrong.</summary>
    public static Ended Usage(string line) => new(ExitCodes.Usage, line);

    /// <summary>The daemon was reached and did not do it.</summary>
    public static Ended Failed(string line) => new(ExitCodes.Failure, line);

    /// <summary>The daemon, or something of this system, is not there.</summary>
    public static Ended System(string line) => new(ExitCodes.System, line);

    /// <summary>As <see cref="Failed"/>, <see cref="Usage"/> or <see cref="System"/>, by the kind of a fault found on this side.</summary>
    public static Ended With(Fault fault) => fault.Kind switch
    {
        FaultKind.InvalidArgument => Usage(fault.Detail),
        FaultKind.Cancelled or FaultKind.FailedPrecondition or FaultKind.DeadlineExceeded => Failed(fault.Detail),
        _ => System(fault.Detail),
    };
}
