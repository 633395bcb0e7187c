namespace PvExec.Exec.Core.Runs;

/// <summary>The life of a run, as a table.</summary>
public static class RunLifecycle
{
    /// <exception cref="InvalidOperationException">The signal cannot come in that state: a bug.</exception>
    public static (RunState Next, RunAction Action) Step(RunState state, RunSignal signal) => (state, signal) switch
    {
        (RunState.Waiting, RunSignal.LocksGranted) => (RunState.Starting, RunAction.Start),
        (RunState.Waiting, RunSignal.Withdraw) => (RunState.Withdrawn, RunAction.LeaveQueues),
        (RunState.Starting, RunSignal.Started) => (RunState.Running, RunAction.None),
        (RunState.Starting, RunSignal.StartFailed) => (RunState.Failed, RunAction.ReleaseAndFail),
        (RunState.Running, RunSignal.ProcessesEnded) => (RunState.Draining, RunAction.ReleaseAndDrain),
        (RunState.Running, RunSignal.ProcessesEndedFinishNext) => (RunState.Finishing, RunAction.StartFinish),
        (RunState.Finishing, RunSignal.FinishEnded) => (RunState.Draining, RunAction.ReleaseAndDrain),
        (RunState.Draining, RunSignal.OutputRead) => (RunState.Ended, RunAction.Complete),

        // Too late: what has been started runs to its end, and what has ended stays so.
        (_, RunSignal.Withdraw) => (state, RunAction.None),

        // It was withdrawn at the moment of the grant; leaving the queues gives the locks back.
        (RunState.Withdrawn, RunSignal.LocksGranted) => (state, RunAction.None),

        _ => throw new InvalidOperationException($"a run that is {state} got the signal {signal}"),
    };
}
