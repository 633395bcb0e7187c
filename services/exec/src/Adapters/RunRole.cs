namespace PvExec.Exec.Adapters;

/// <summary>Which of a run's processes. The numbers are in notes that a newer version may read.</summary>
public enum RunRole
{
    /// <summary>The task's <c>run</c>.</summary>
    Run = 0,

    /// <summary>Its filter <c>log</c>.</summary>
    Log = 1,

    /// <summary>The task's <c>finish</c>, which is started when the others have ended.</summary>
    Finish = 2,
}
