using PvExec.Api.V1;
using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>What the end of a run means for this program.</summary>
public static class TaskExit
{
    /// <summary>What a shell would report.</summary>
    public static ExitStatus Status(Exited exited) => exited.OutcomeCase == Exited.OutcomeOneofCase.Signaled
        ? ExitStatus.Signaled(exited.Signaled.Signal, exited.Signaled.CoreDumped)
        : ExitStatus.Exited(exited.Code);

    /// <summary>What a run came to that exit code and signal do not say, or null.</summary>
    public static string? Remark(string task, Exited exited) =>
        exited.TimedOut ? $"'{task}' was ended because its timeout had passed"
        : exited.OomKilled ? $"memory ran out, and the kernel killed a process of '{task}'"
        : null;
}
