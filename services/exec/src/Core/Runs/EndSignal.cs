namespace PvExec.Exec.Core.Runs;

/// <summary>What happens to the processes of a run that may be made to end.</summary>
public enum EndSignal
{
    /// <summary>The task's <c>timeout</c> has passed.</summary>
    TimeIsUp,

    /// <summary>Somebody asks for its end.</summary>
    Cancel,

    /// <summary>The task's <c>timeout-kill</c> has passed since TERM.</summary>
    GraceIsOver,

    /// <summary>All of them have ended.</summary>
    Ended,
}
