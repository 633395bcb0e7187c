namespace PvExec.Exec.Core.Runs;

/// <summary>How a run's processes are made to end, as a table. Apart from <see cref="RunLifecycle"/>: a run that is being ended is still running.</summary>
public static class RunEnding
{
    /// <exception cref="InvalidOperationException">The signal cannot come in that state: a bug.</exception>
    public static (EndState Next, EndAction Action) Step(EndState state, EndSignal signal) => (state, signal) switch
    {
        (EndState.Free, EndSignal.TimeIsUp or EndSignal.Cancel) => (EndState.Terminating, EndAction.Terminate),
        (EndState.Terminating, EndSignal.GraceIsOver) => (EndState.Killing, EndAction.Kill),
        (_, EndSignal.Ended) => (EndState.Over, EndAction.None),

        // They are on their way out for the reason that came first, or out.
        (EndState.Terminating or EndState.Killing or EndState.Over, EndSignal.TimeIsUp or EndSignal.Cancel) => (state, EndAction.None),
        (EndState.Over, EndSignal.GraceIsOver) => (state, EndAction.None),

        _ => throw new InvalidOperationException($"processes that are {state} got the signal {signal}"),
    };
}
