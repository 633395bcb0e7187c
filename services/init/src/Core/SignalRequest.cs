namespace PvExec.Init.Core;

/// <summary>What a signal to pv-init asks for.</summary>
internal enum SignalRequest
{
    /// <summary>Stop in order; a second one hurries, a third one ends at once.</summary>
    Stop,

    /// <summary>Stop, with time for the save only.</summary>
    StopHurried,

    /// <summary>Put new instances in the places of all services.</summary>
    RestartAll,

    /// <summary>Say how everything is.</summary>
    Status,
}

internal static class SignalRequests
{
    private const int SIGHUP = 1, SIGQUIT = 3, SIGUSR1 = 10;

    /// <param name="onTerminal">Whether a terminal goes with this process: then SIGHUP says that it is gone.</param>
    public static SignalRequest Of(int signal, bool onTerminal) => signal switch
    {
        SIGHUP when !onTerminal => SignalRequest.RestartAll,
        SIGQUIT => SignalRequest.StopHurried,
        SIGUSR1 => SignalRequest.Status,
        _ => SignalRequest.Stop,
    };
}
