using System.Globalization;
using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>What <c>finish</c> is given, as s6-supervise(8) and runsv(8) do.</summary>
public static class RunFinish
{
    /// <summary>In place of an exit code, which goes up to 255, when a signal ended the run.</summary>
    public const int NoExitCode = 256;

    /// <summary>The exit code or 256, the signal's number or 0, and the run's id.</summary>
    public static IReadOnlyList<string> Arguments(ExitStatus status, RunId run) =>
    [
        (status.Code ?? NoExitCode).ToString(CultureInfo.InvariantCulture),
        (status.Signal ?? 0).ToString(CultureInfo.InvariantCulture),
        run.Value,
    ];
}
