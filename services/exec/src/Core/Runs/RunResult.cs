using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Status">That of <c>run</c>; when it succeeded and its filter <c>log</c> did not, that of the filter.</param>
public sealed record RunResult(ExitStatus Status)
{
    /// <summary>Whether its processes were made to end because the task's <c>timeout</c> had passed.</summary>
    public bool TimedOut { get; init; }
}
