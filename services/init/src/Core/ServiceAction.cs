namespace PvExec.Init.Core;

/// <summary>What the supervisor has to do about a service.</summary>
internal enum ServiceAction
{
    None,
    Spawn,

    /// <summary>Start a new instance beside the one that runs.</summary>
    SpawnSuccessor,

    /// <summary>Ask the instance that runs to hand over.</summary>
    AskToHandOver,

    /// <summary>The new instance becomes the service.</summary>
    Promote,

    /// <summary>Tell who asked for the restart that the instance that runs goes on.</summary>
    KeepCurrent,

    /// <summary>There is nobody left to hand over to: kill the instance that runs, which decides nothing any more, and tell who asked.</summary>
    AbandonBoth,

    KillCurrent,

    /// <summary>It is not ready in time: end it as one that is silent.</summary>
    AbortCurrent,

    /// <summary>The new instance is not ready to take over in time: end it as one that is silent.</summary>
    AbortSuccessor,

    /// <summary>What was asked for cannot be done now.</summary>
    Refuse,

    /// <summary>It is ready: say so, and go on with the order of the start.</summary>
    Announce,

    /// <summary>Arm the back-off.</summary>
    WaitToRetry,

    /// <summary>Say that it is not started any more.</summary>
    GiveUp,

    /// <summary>Tell its process to stop.</summary>
    AskToStop,

    /// <summary>Tell the new instance to stop, once it is the service.</summary>
    StopLater,

    /// <summary>It has stopped as asked: go on with the order of the stop.</summary>
    Finish,

    /// <summary>Stop the whole system with the service's exit code.</summary>
    FailSystem,
}
