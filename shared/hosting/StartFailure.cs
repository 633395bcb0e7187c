using PvExec.Hosting.Logging;
using PvExec.Kernel;

namespace PvExec.Hosting;

/// <summary>How a service says that it cannot start: one line on standard error and an exit code that pv-init passes on.</summary>
public static class StartFailure
{
    internal static int Report(ErrorLines lines, Fault fault)
    {
        lines.Write(fault.Detail.ReplaceLineEndings(" "));
        return ExitCode(fault.Kind);
    }

    /// <summary>100 when the command line or what it names is wrong, 111 when the system refused.</summary>
    public static int ExitCode(FaultKind kind) => kind switch
    {
        FaultKind.InvalidArgument or FaultKind.NotFound or FaultKind.AlreadyExists or FaultKind.FailedPrecondition => ExitCodes.Usage,
        FaultKind.ResourceExhausted or FaultKind.PermissionDenied or FaultKind.Unavailable or FaultKind.DeadlineExceeded
            or FaultKind.Cancelled or FaultKind.DataLoss or FaultKind.Internal => ExitCodes.System,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
