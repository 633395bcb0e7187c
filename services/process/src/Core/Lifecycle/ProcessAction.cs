namespace PvExec.Processes.Core.Lifecycle;

/// <summary>What the caller of <see cref="ProcessMachine"/> has to do.</summary>
public enum ProcessAction
{
    None,

    /// <summary>Answer that it cannot be done in this phase.</summary>
    Refuse,

    /// <summary>Start it, and signal <see cref="ProcessSignal.SpawnFailed"/> if that fails.</summary>
    Spawn,

    /// <summary>Close the exposed port, end the whole tree, then signal again what was asked for.</summary>
    EndTreeAndHide,

    /// <summary>Connect the exposed port to the port that the process listens on.</summary>
    Expose,

    /// <summary>Keep the exposed port open and let connections wait for the process's next port.</summary>
    Hold,

    /// <summary>Close the exposed port.</summary>
    Hide,

    /// <summary>Remove what is stored about the name.</summary>
    Forget,
}
