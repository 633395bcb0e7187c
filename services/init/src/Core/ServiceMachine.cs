using static PvExec.Init.Core.ServiceAction;
using static PvExec.Init.Core.ServiceState;
using Signal = PvExec.Init.Core.ServiceSignal;

namespace PvExec.Init.Core;

/// <summary>The life of one service.</summary>
internal static class ServiceMachine
{
    public static (ServiceState Next, ServiceAction Action) Next(ServiceState state, Signal signal) => (state, signal) switch
    {
        (Stopped, Signal.Start) => (Starting, Spawn),
        (Stopped, _) => (Stopped, None),

        (Starting, Signal.Ready) => (Ready, Announce),
        (Starting, Signal.Ended) => (BackingOff, WaitToRetry),
        (Starting, Signal.Refused) => (Failed, FailSystem),
        (Starting, Signal.Stop) => (Stopping, AskToStop),
        (Starting, Signal.Start or Signal.Retry) => (Starting, None),

        (Ready, Signal.Ended or Signal.Refused) => (BackingOff, WaitToRetry),
        (Ready, Signal.Stop) => (Stopping, AskToStop),
        (Ready, Signal.Start or Signal.Ready or Signal.Retry) => (Ready, None),

        (BackingOff, Signal.Start or Signal.Retry) => (Starting, Spawn),
        (BackingOff, Signal.Stop) => (Stopped, Finish),
        (BackingOff, Signal.Ready or Signal.Ended or Signal.Refused) => (BackingOff, None),

        (Stopping, Signal.Ended or Signal.Refused) => (Stopped, Finish),
        (Stopping, Signal.Start or Signal.Ready or Signal.Retry or Signal.Stop) => (Stopping, None),

        (Failed, _) => (Failed, None),

        _ => throw new ArgumentOutOfRangeException(nameof(state), (state, signal), "no such cell"),
    };
}
