namespace PvExec.Exec.Core.Runs;

/// <summary>How a run's processes have ended, while its <c>finish</c> is still to run.</summary>
/// <param name="ErrorBytes">How long its standard error is without what <c>finish</c> writes.</param>
public sealed record RunEnded(RunResult Result, long ErrorBytes);
