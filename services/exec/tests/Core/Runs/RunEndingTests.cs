using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Core.Runs;

public sealed class RunEndingTests
{
    /// <summary>Every cell that is not an error.</summary>
    private static readonly Dictionary<(EndState, EndSignal), (EndState, EndAction)> s_table = new()
    {
        [(EndState.Free, EndSignal.TimeIsUp)] = (EndState.Terminating, EndAction.Terminate),
        [(EndState.Free, EndSignal.Cancel)] = (EndState.Terminating, EndAction.Terminate),
        [(EndState.Free, EndSignal.Ended)] = (EndState.Over, EndAction.None),
        [(EndState.Terminating, EndSignal.TimeIsUp)] = (EndState.Terminating, EndAction.None),
        [(EndState.Terminating, EndSignal.Cancel)] = (EndState.Terminating, EndAction.None),
        [(EndState.Terminating, EndSignal.GraceIsOver)] = (EndState.Killing, EndAction.Kill),
        [(EndState.Terminating, EndSignal.Ended)] = (EndState.Over, EndAction.None),
        [(EndState.Killing, EndSignal.TimeIsUp)] = (EndState.Killing, EndAction.None),
        [(EndState.Killing, EndSignal.Cancel)] = (EndState.Killing, EndAction.None),
        [(EndState.Killing, EndSignal.Ended)] = (EndState.Over, EndAction.None),
        [(EndState.Over, EndSignal.TimeIsUp)] = (EndState.Over, EndAction.None),
        [(EndState.Over, EndSignal.Cancel)] = (EndState.Over, EndAction.None),
        [(EndState.Over, EndSignal.GraceIsOver)] = (EndState.Over, EndAction.None),
        [(EndState.Over, EndSignal.Ended)] = (EndState.Over, EndAction.None),
    };

    [Fact]
    public void Every_cell_is_as_listed_and_the_others_are_bugs()
    {
        foreach (EndState state in Enum.GetValues<EndState>())
        {
            foreach (EndSignal signal in Enum.GetValues<EndSignal>())
            {
                if (s_table.TryGetValue((state, signal), out (EndState, EndAction) expected))
                {
                    Assert.Equal(expected, RunEnding.Step(state, signal));
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => RunEnding.Step(state, signal));
                }
            }
        }
    }

    [Fact]
    public void Finish_is_told_of_a_code_or_of_a_signal_and_of_the_run()
    {
        RunId run = RunId.New(DateTimeOffset.UnixEpoch);

        Assert.Equal(["7", "0", run.Value], RunFinish.Arguments(ExitStatus.Exited(7), run));
        Assert.Equal(["256", "15", run.Value], RunFinish.Arguments(ExitStatus.Signaled(15), run));
    }
}
