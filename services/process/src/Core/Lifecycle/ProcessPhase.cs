namespace PvExec.Processes.Core.Lifecycle;

/// <summary>Where a name is in its life.</summary>
public enum ProcessPhase
{
    /// <summary>Not configured.</summary>
    NotRunning,

    /// <summary>Alive, listening on no TCP port yet or no longer.</summary>
    Starting,

    /// <summary>Alive and listening.</summary>
    Running,

    /// <summary>Being ended, to be started again or forgotten afterwards.</summary>
    Stopping,

    /// <summary>It has exited; the name is still configured.</summary>
    Finished,
}
