namespace PvExec.Exec.Core.Runs;

/// <summary>How far a run's processes have been asked to end.</summary>
public enum EndState
{
    /// <summary>Not at all.</summary>
    Free,

    /// <summary>They got TERM.</summary>
    Terminating,

    /// <summary>They got KILL.</summary>
    Killing,

    /// <summary>They have ended.</summary>
    Over,
}
