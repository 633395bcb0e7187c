using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Status">That of <c>run</c>; when it succeeded and its filter <c>log</c> did not, that of the filter.</param>
/// <param name="Ended">When the last of its processes ended.</param>
/// <param name="UserTime">Processor time in user mode, of all its processes and the descendants they waited for.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set of one process.</param>
public sealed record RunResult(ExitStatus Status, DateTimeOffset Ended, TimeSpan UserTime, TimeSpan SystemTime, long MaxResidentBytes)
{
    /// <summary>A process that it left behind holds its output open.</summary>
    public bool OutputLeftOpen { get; init; }

    /// <summary>Whether its processes were made to end because the task's <c>timeout</c> had passed.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether the kernel killed one of its processes because memory had run out; false where that cannot be known.</summary>
    public bool OomKilled { get; init; }

    /// <summary>What came of the task's <c>finish</c>; null without one.</summary>
    public FinishEnd? Finish { get; init; }
}
