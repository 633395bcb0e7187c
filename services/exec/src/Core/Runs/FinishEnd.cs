using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>What came of a run's <c>finish</c>. It changes nothing of how the run ended.</summary>
/// <param name="Status">Null when it could not be started.</param>
/// <param name="TimedOut">Whether it was killed because its time was up.</param>
/// <param name="NotStarted">Why it could not be started; empty otherwise.</param>
public sealed record FinishEnd(ExitStatus? Status, bool TimedOut = false, string NotStarted = "")
{
    public bool Succeeded => Status is { Succeeded: true };
}
