namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// How many steps the locks have taken: each look at a line of a queue, each move of a place and each turn is one. What a decision costs is
/// a claim of <see cref="ScopeLocks"/>, and a clock cannot tell an algorithm from a cold cache.
/// </summary>
internal sealed class LockSteps
{
    public long Count { get; set; }
}
