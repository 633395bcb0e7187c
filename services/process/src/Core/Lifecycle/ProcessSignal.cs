namespace PvExec.Processes.Core.Lifecycle;

/// <summary>What can happen to a name.</summary>
public enum ProcessSignal
{
    /// <summary>ConfigureProcess with the specification that it has, or on a new name.</summary>
    Enable,

    /// <summary>RestartProcess.</summary>
    Restart,

    /// <summary>ConfigureProcess with enabled = false.</summary>
    Disable,

    /// <summary>pv-init could not start it.</summary>
    SpawnFailed,

    /// <summary>The tree listens on a port that it did not listen on before.</summary>
    PortSeen,

    /// <summary>The tree listens on no port any more.</summary>
    PortGone,

    /// <summary>The process has ended.</summary>
    Exited,
}
