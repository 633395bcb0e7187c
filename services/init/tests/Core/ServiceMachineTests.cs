using PvExec.Init.Core;
using static PvExec.Init.Core.ServiceAction;
using static PvExec.Init.Core.ServiceState;
using Signal = PvExec.Init.Core.ServiceSignal;

namespace PvExec.Init.Tests.Core;

public class ServiceMachineTests
{
    /// <summary>Every cell that is not named here keeps its state and does nothing.</summary>
    private static readonly Dictionary<(ServiceState, Signal), (ServiceState, ServiceAction)> Moves = new()
    {
        [(Stopped, Signal.Start)] = (Starting, Spawn),
        [(Stopped, Signal.Restart)] = (Stopped, Refuse),
        [(Starting, Signal.Ready)] = (Ready, Announce),
        [(Starting, Signal.Ended)] = (BackingOff, WaitToRetry),
        [(Starting, Signal.Exhausted)] = (Failed, GiveUp),
        [(Starting, Signal.Refused)] = (Failed, FailSystem),
        [(Starting, Signal.Late)] = (Starting, AbortCurrent),
        [(Starting, Signal.Stop)] = (Stopping, AskToStop),
        [(Ready, Signal.Ended)] = (BackingOff, WaitToRetry),
        [(Ready, Signal.Exhausted)] = (Failed, GiveUp),
        [(Ready, Signal.Refused)] = (BackingOff, WaitToRetry),
        [(Ready, Signal.Restart)] = (Replacing, SpawnSuccessor),
        [(Ready, Signal.Stop)] = (Stopping, AskToStop),
        [(Replacing, Signal.TakeOver)] = (HandingOver, AskToHandOver),
        [(Replacing, Signal.Ended)] = (TakingOver, Promote),
        [(Replacing, Signal.Exhausted)] = (TakingOver, Promote),
        [(Replacing, Signal.Refused)] = (TakingOver, Promote),
        [(Replacing, Signal.SuccessorEnded)] = (Ready, KeepCurrent),
        [(Replacing, Signal.Late)] = (Replacing, AbortSuccessor),
        [(Replacing, Signal.Restart)] = (Replacing, Refuse),
        [(Replacing, Signal.Stop)] = (Stopping, AskToStop),
        [(HandingOver, Signal.HandedOver)] = (TakingOver, Promote),
        [(HandingOver, Signal.Ended)] = (TakingOver, Promote),
        [(HandingOver, Signal.Exhausted)] = (TakingOver, Promote),
        [(HandingOver, Signal.Refused)] = (TakingOver, Promote),
        [(HandingOver, Signal.SuccessorEnded)] = (Starting, AbandonBoth),
        [(HandingOver, Signal.Late)] = (HandingOver, KillCurrent),
        [(HandingOver, Signal.Restart)] = (HandingOver, Refuse),
        [(HandingOver, Signal.Stop)] = (HandingOver, StopLater),
        [(TakingOver, Signal.Ready)] = (Ready, Announce),
        [(TakingOver, Signal.Ended)] = (BackingOff, WaitToRetry),
        [(TakingOver, Signal.Exhausted)] = (Failed, GiveUp),
        [(TakingOver, Signal.Refused)] = (BackingOff, WaitToRetry),
        [(TakingOver, Signal.Late)] = (TakingOver, AbortCurrent),
        [(TakingOver, Signal.Restart)] = (TakingOver, Refuse),
        [(TakingOver, Signal.Stop)] = (Stopping, AskToStop),
        [(BackingOff, Signal.Start)] = (Starting, Spawn),
        [(BackingOff, Signal.Retry)] = (Starting, Spawn),
        [(BackingOff, Signal.Restart)] = (Starting, Spawn),
        [(BackingOff, Signal.Stop)] = (Stopped, Finish),
        [(Stopping, Signal.Ended)] = (Stopped, Finish),
        [(Stopping, Signal.Exhausted)] = (Stopped, Finish),
        [(Stopping, Signal.Refused)] = (Stopped, Finish),
        [(Stopping, Signal.Restart)] = (Stopping, Refuse),
        [(Failed, Signal.Restart)] = (Starting, Spawn),
    };

    [Fact]
    public void Every_cell_of_the_table_is_as_written_down()
    {
        foreach (ServiceState state in Enum.GetValues<ServiceState>())
        {
            foreach (Signal signal in Enum.GetValues<Signal>())
            {
                (ServiceState, ServiceAction) expected = Moves.GetValueOrDefault((state, signal), (state, None));
                Assert.True(expected == ServiceMachine.Next(state, signal), $"({state}, {signal}) gave {ServiceMachine.Next(state, signal)}, not {expected}");
            }
        }
    }

    [Fact]
    public void A_state_that_does_not_exist_is_a_bug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ServiceMachine.Next((ServiceState)99, Signal.Start));

    [Fact]
    public void Every_state_has_a_word() => Assert.All(Enum.GetValues<ServiceState>(), state => Assert.NotEmpty(state.Name()));
}
