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
        (Stopped, Signal.Restart) => (Stopped, Refuse),
        (Stopped, _) => (Stopped, None),

        (Starting, Signal.Ready) => (Ready, Announce),
        (Starting, Signal.Ended) => (BackingOff, WaitToRetry),
        (Starting, Signal.Exhausted) => (Failed, GiveUp),
        (Starting, Signal.Refused) => (Failed, FailSystem),
        (Starting, Signal.Late) => (Starting, AbortCurrent),
        (Starting, Signal.Stop) => (Stopping, AskToStop),
        (Starting, _) => (Starting, None),

        (Ready, Signal.Ended or Signal.Refused) => (BackingOff, WaitToRetry),
        (Ready, Signal.Exhausted) => (Failed, GiveUp),
        (Ready, Signal.Restart) => (Replacing, SpawnSuccessor),
        (Ready, Signal.Stop) => (Stopping, AskToStop),
        (Ready, _) => (Ready, None),

        (Replacing, Signal.TakeOver) => (HandingOver, AskToHandOver),
        (Replacing, Signal.Ended or Signal.Refused or Signal.Exhausted) => (TakingOver, Promote),
        (Replacing, Signal.SuccessorEnded) => (Ready, KeepCurrent),
        (Replacing, Signal.Late) => (Replacing, AbortSuccessor),
        (Replacing, Signal.Restart) => (Replacing, Refuse),
        (Replacing, Signal.Stop) => (Stopping, AskToStop),
        (Replacing, _) => (Replacing, None),

        // A stop waits until one of the two decides again: the other has nothing left to save or to end.
        (HandingOver, Signal.HandedOver or Signal.Ended or Signal.Refused or Signal.Exhausted) => (TakingOver, Promote),
        (HandingOver, Signal.SuccessorEnded) => (Starting, AbandonBoth),
        (HandingOver, Signal.Late) => (HandingOver, KillCurrent),
        (HandingOver, Signal.Restart) => (HandingOver, Refuse),
        (HandingOver, Signal.Stop) => (HandingOver, StopLater),
        (HandingOver, _) => (HandingOver, None),

        (TakingOver, Signal.Ready) => (Ready, Announce),
        (TakingOver, Signal.Ended or Signal.Refused) => (BackingOff, WaitToRetry),
        (TakingOver, Signal.Exhausted) => (Failed, GiveUp),
        (TakingOver, Signal.Late) => (TakingOver, AbortCurrent),
        (TakingOver, Signal.Restart) => (TakingOver, Refuse),
        (TakingOver, Signal.Stop) => (Stopping, AskToStop),
        (TakingOver, _) => (TakingOver, None),

        (BackingOff, Signal.Start or Signal.Retry or Signal.Restart) => (Starting, Spawn),
        (BackingOff, Signal.Stop) => (Stopped, Finish),
        (BackingOff, _) => (BackingOff, None),

        (Stopping, Signal.Ended or Signal.Refused or Signal.Exhausted) => (Stopped, Finish),
        (Stopping, Signal.Restart) => (Stopping, Refuse),
        (Stopping, _) => (Stopping, None),

        (Failed, Signal.Restart) => (Starting, Spawn),
        (Failed, _) => (Failed, None),

        _ => throw new ArgumentOutOfRangeException(nameof(state), (state, signal), "no such cell"),
    };
}
