using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Tests.Core.Runs;

public sealed class RunLifecycleTests
{
    /// <summary>Every cell that is not an error.</summary>
    private static readonly Dictionary<(RunState, RunSignal), (RunState, RunAction)> s_table = new()
    {
        [(RunState.Waiting, RunSignal.LocksGranted)] = (RunState.Starting, RunAction.Start),
        [(RunState.Waiting, RunSignal.Withdraw)] = (RunState.Withdrawn, RunAction.LeaveQueues),
        [(RunState.Starting, RunSignal.Started)] = (RunState.Running, RunAction.None),
        [(RunState.Starting, RunSignal.StartFailed)] = (RunState.Failed, RunAction.ReleaseAndFail),
        [(RunState.Starting, RunSignal.Withdraw)] = (RunState.Starting, RunAction.None),
        [(RunState.Running, RunSignal.ProcessesEnded)] = (RunState.Draining, RunAction.ReleaseAndDrain),
        [(RunState.Running, RunSignal.ProcessesEndedFinishNext)] = (RunState.Finishing, RunAction.StartFinish),
        [(RunState.Finishing, RunSignal.FinishEnded)] = (RunState.Draining, RunAction.ReleaseAndDrain),
        [(RunState.Finishing, RunSignal.Withdraw)] = (RunState.Finishing, RunAction.None),
        [(RunState.Running, RunSignal.Withdraw)] = (RunState.Running, RunAction.None),
        [(RunState.Draining, RunSignal.OutputRead)] = (RunState.Ended, RunAction.Complete),
        [(RunState.Draining, RunSignal.Withdraw)] = (RunState.Draining, RunAction.None),
        [(RunState.Ended, RunSignal.Withdraw)] = (RunState.Ended, RunAction.None),
        [(RunState.Withdrawn, RunSignal.Withdraw)] = (RunState.Withdrawn, RunAction.None),
        [(RunState.Withdrawn, RunSignal.LocksGranted)] = (RunState.Withdrawn, RunAction.None),
        [(RunState.Failed, RunSignal.Withdraw)] = (RunState.Failed, RunAction.None),
    };

    public static TheoryData<RunState, RunSignal> Cells
    {
        get
        {
            var cells = new TheoryData<RunState, RunSignal>();
            foreach (RunState state in Enum.GetValues<RunState>())
            {
                foreach (RunSignal signal in Enum.GetValues<RunSignal>())
                {
                    cells.Add(state, signal);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_cell_is_as_listed_and_the_others_are_bugs(RunState state, RunSignal signal)
    {
        if (s_table.TryGetValue((state, signal), out (RunState, RunAction) expected))
        {
            Assert.Equal(expected, RunLifecycle.Step(state, signal));
        }
        else
        {
            Assert.Throws<InvalidOperationException>(() => RunLifecycle.Step(state, signal));
        }
    }

    [Fact]
    public void Run_ids_sort_by_time_and_can_be_read_back()
    {
        RunId early = RunId.New(DateTimeOffset.FromUnixTimeMilliseconds(1469918176385));
        RunId late = RunId.New(DateTimeOffset.FromUnixTimeMilliseconds(1469918176386));

        Assert.StartsWith("01ARYZ6S41", early.Value, StringComparison.Ordinal); // the time of the ULID specification's example
        Assert.True(string.CompareOrdinal(early.Value, late.Value) < 0);
        Assert.Equal(early, RunId.Parse(early.Value));
        Assert.Null(RunId.Parse(early.Value.ToLowerInvariant()));
        Assert.Null(RunId.Parse("01ARYZ6S41"));
    }
}
