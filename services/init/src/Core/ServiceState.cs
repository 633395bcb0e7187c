namespace PvExec.Init.Core;

/// <summary>Where a service is in its life.</summary>
internal enum ServiceState
{
    /// <summary>Not started yet, or stopped on request.</summary>
    Stopped,

    /// <summary>Runs and has not said READY.</summary>
    Starting,

    Ready,

    /// <summary>Ended by itself; waits to be started again.</summary>
    BackingOff,

    /// <summary>Asked to stop, and still runs.</summary>
    Stopping,

    /// <summary>Said that it cannot start; the whole system stops.</summary>
    Failed,
}

internal static class ServiceStates
{
    /// <summary>The word that <c>pv_exec services</c> shows.</summary>
    public static string Name(this ServiceState state) => state switch
    {
        ServiceState.Stopped => "stopped",
        ServiceState.Starting => "starting",
        ServiceState.Ready => "ready",
        ServiceState.BackingOff => "backing-off",
        ServiceState.Stopping => "stopping",
        ServiceState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
