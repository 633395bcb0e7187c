namespace PvExec.Exec.Core.Runs;

/// <summary>How long a run's processes may run.</summary>
/// <param name="Run">From their start to TERM; null for any time.</param>
/// <param name="Kill">From TERM to KILL.</param>
public readonly record struct RunTimeouts(TimeSpan? Run, TimeSpan Kill)
{
    /// <summary>Of a task that says nothing.</summary>
    public static RunTimeouts None => new(null, TaskDefinition.DefaultTimeoutKill);
}
