namespace PvExec.Init.Core;

/// <summary>Where a service is in its life.</summary>
internal enum ServiceState
{
    /// <summary>Not started yet, or stopped on request.</summary>
    Stopped,

    /// <summary>Runs and has not said READY.</summary>
    Starting,

    Ready,

    /// <summary>Runs, and a new instance of it prepares to take its place.</summary>
    Replacing,

    /// <summary>Runs, was asked to hand over to the new instance, and has not done so.</summary>
    HandingOver,

    /// <summary>The new instance is the service and has not said READY.</summary>
    TakingOver,

    /// <summary>Ended by itself; waits to be started again.</summary>
    BackingOff,

    /// <summary>Asked to stop, and still runs.</summary>
    Stopping,

    /// <summary>Said that it cannot start, or ended too often in a row: not started any more unless somebody asks for it.</summary>
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
        ServiceState.Replacing => "replacing",
        ServiceState.HandingOver => "handing-over",
        ServiceState.TakingOver => "taking-over",
        ServiceState.BackingOff => "backing-off",
        ServiceState.Stopping => "stopping",
        ServiceState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
