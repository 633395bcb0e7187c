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
        [(Starting, Signal.Ready)] = (Ready, Announce),
        [(Starting, Signal.Ended)] = (BackingOff, WaitToRetry),
        [(Starting, Signal.Refused)] = (Failed, FailSystem),
        [(Starting, Signal.Stop)] = (Stopping, AskToStop),
        [(Ready, Signal.Ended)] = (BackingOff, WaitToRetry),
        [(Ready, Signal.Refused)] = (BackingOff, WaitToRetry),
        [(Ready, Signal.Stop)] = (Stopping, AskToStop),
        [(BackingOff, Signal.Start)] = (Starting, Spawn),
        [(BackingOff, Signal.Retry)] = (Starting, Spawn),
        [(BackingOff, Signal.Stop)] = (Stopped, Finish),
        [(Stopping, Signal.Ended)] = (Stopped, Finish),
        [(Stopping, Signal.Refused)] = (Stopped, Finish),
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
