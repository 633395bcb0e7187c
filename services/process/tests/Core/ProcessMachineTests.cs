using PvExec.Contract;
using PvExec.Processes.Core.Lifecycle;
using static PvExec.Processes.Core.Lifecycle.ProcessAction;
using static PvExec.Processes.Core.Lifecycle.ProcessPhase;

namespace PvExec.Processes.Tests.Core;

public class ProcessMachineTests
{
    // Every cell: the phase, then for each signal in the order of the enum what follows.
    private static readonly Dictionary<ProcessPhase, (ProcessPhase, ProcessAction)[]> Table = new()
    {
        //            Enable            Restart                     Disable                     SpawnFailed       PortSeen           PortGone          Exited
        [NotRunning] = [(Starting, Spawn), (NotRunning, Refuse), (NotRunning, None), (NotRunning, None), (NotRunning, None), (NotRunning, None), (NotRunning, None)],
        [Starting] = [(Starting, None), (Stopping, EndTreeAndHide), (Stopping, EndTreeAndHide), (Finished, Hide), (Running, Expose), (Starting, None), (Finished, Hide)],
        [Running] = [(Running, None), (Stopping, EndTreeAndHide), (Stopping, EndTreeAndHide), (Running, None), (Running, Expose), (Starting, Hold), (Finished, Hide)],
        [Stopping] = [(Stopping, Refuse), (Stopping, Refuse), (Stopping, EndTreeAndHide), (Stopping, None), (Stopping, None), (Stopping, None), (Finished, None)],
        [Finished] = [(Finished, None), (Starting, Spawn), (NotRunning, Forget), (Finished, None), (Finished, None), (Finished, None), (Finished, None)],
    };

    public static TheoryData<ProcessPhase, ProcessSignal> Cells()
    {
        var cells = new TheoryData<ProcessPhase, ProcessSignal>();
        foreach (ProcessPhase phase in Enum.GetValues<ProcessPhase>())
        {
            foreach (ProcessSignal signal in Enum.GetValues<ProcessSignal>())
            {
                cells.Add(phase, signal);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_signal_in_every_phase_has_one_outcome(ProcessPhase phase, ProcessSignal signal) =>
        Assert.Equal(Table[phase][(int)signal], ProcessMachine.Next(phase, signal));

    [Theory]
    [InlineData(NotRunning, ProcessState.NotRunning)]
    [InlineData(Starting, ProcessState.Starting)]
    [InlineData(Running, ProcessState.Running)]
    [InlineData(Stopping, ProcessState.Starting)]
    [InlineData(Finished, ProcessState.Finished)]
    public void A_phase_is_reported_as_the_contract_calls_it(ProcessPhase phase, ProcessState state) =>
        Assert.Equal(state, ProcessMachine.Reported(phase));
}
