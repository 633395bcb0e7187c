namespace PvExec.Init.Core;

/// <summary>What happens to a service.</summary>
internal enum ServiceSignal
{
    /// <summary>It is its turn in the order of the start.</summary>
    Start,

    /// <summary>It said READY=1.</summary>
    Ready,

    /// <summary>Its process ended, or could not be started this time.</summary>
    Ended,

    /// <summary>Its process ended, and has done so too often in a row.</summary>
    Exhausted,

    /// <summary>Its process ended before it was ever ready, with a code that says that trying again is no use.</summary>
    Refused,

    /// <summary>The back-off is over.</summary>
    Retry,

    /// <summary>Somebody asks for a new instance of it.</summary>
    Restart,

    /// <summary>The new instance is ready to be the service.</summary>
    TakeOver,

    /// <summary>The instance that runs decides nothing any more.</summary>
    HandedOver,

    /// <summary>The new instance ended before it was the service, or could not be started.</summary>
    SuccessorEnded,

    /// <summary>The time for a start, or for this part of a replacement, is over.</summary>
    Late,

    /// <summary>It is its turn in the order of the stop.</summary>
    Stop,
}
