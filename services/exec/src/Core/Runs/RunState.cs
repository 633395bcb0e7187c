namespace PvExec.Exec.Core.Runs;

/// <summary>Where a run is.</summary>
public enum RunState
{
    /// <summary>It waits for its locks.</summary>
    Waiting,

    /// <summary>It holds its locks; pv-init is asked to start its processes.</summary>
    Starting,

    /// <summary>At least one of its processes runs.</summary>
    Running,

    /// <summary>Its processes have ended; the task's <c>finish</c> runs, under the same locks.</summary>
    Finishing,

    /// <summary>Its processes have ended and its locks are released; what they wrote is being read.</summary>
    Draining,

    /// <summary>It has a result.</summary>
    Ended,

    /// <summary>It was withdrawn while it waited: nothing was started.</summary>
    Withdrawn,

    /// <summary>Its processes could not be started.</summary>
    Failed,
}
