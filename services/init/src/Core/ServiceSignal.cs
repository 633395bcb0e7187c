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

    /// <summary>Its process ended before it was ever ready, with a code that says that trying again is no use.</summary>
    Refused,

    /// <summary>The back-off is over.</summary>
    Retry,

    /// <summary>It is its turn in the order of the stop.</summary>
    Stop,
}
