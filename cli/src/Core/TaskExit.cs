using PvExec.Api.V1;
using PvExec.Cli.Output;
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
    /// <param name="isVerbose">That <c>finish</c> succeeded is said, too.</param>
    public static string? Remark(string task, Exited exited, bool isVerbose)
    {
        string? own = exited.TimedOut ? $"'{task}' was ended because its timeout had passed"
            : exited.OomKilled ? $"memory ran out, and the kernel killed a process of '{task}'"
            : null;
        string? finish = FinishRow.From(exited.Finish) is { } row && (row.HasFailed || isVerbose)
            ? $"finish of '{task}' {(row.HasFailed ? "failed" : "ended")}: {(row.ExitCode is null ? "" : "exit code ")}{row.End}"
            : null;
        return own is null ? finish : finish is null ? own : $"{own}; {finish}";
    }
}
