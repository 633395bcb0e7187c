namespace PvExec.Init.Core;

/// <summary>What the supervisor has to do about a service.</summary>
internal enum ServiceAction
{
    None,
    Spawn,

    /// <summary>It is ready: say so, and go on with the order of the start.</summary>
    Announce,

    /// <summary>Arm the back-off.</summary>
    WaitToRetry,

    /// <summary>Tell its process to stop.</summary>
    AskToStop,

    /// <summary>It has stopped as asked: go on with the order of the stop.</summary>
    Finish,

    /// <summary>Stop the whole system with the service's exit code.</summary>
    FailSystem,
}
