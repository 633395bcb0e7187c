using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>The end of a single run before its time, and signals to it.</content>
public sealed partial class RunEngine
{
    /// <summary>Takes a run out of the queues, or ends its processes and all their descendants: TERM, and KILL after the task's <c>timeout-kill</c>.</summary>
    /// <param name="why">What <see cref="Run.Completion"/> answers if it has not been started.</param>
    /// <param name="handedOver">Ends the wait: the next instance has to be asked.</param>
    /// <param name="atOnce">The run's end is not waited for, only that it is certain.</param>
    /// <returns>False when a new instance of this service has to be asked.</returns>
    public async Task<bool> CancelAsync(Run run, Fault why, Task handedOver, bool atOnce = false)
    {
        if (!Withdraw(run, why) || !await IsStartDecidedAsync(run, handedOver) || !gate.TryEnter())
        {
            return false;
        }

        RunTimer? timer = null;
        try
        {
            if (_live.TryGetValue(run.Id, out LiveRun? live))
            {
                timer = live.Timer;
                timer?.Cancel();
            }
        }
        finally
        {
            gate.Leave();
        }

        if (atOnce)
        {
            return timer is null || await IsDecidedAsync(timer.Decided, handedOver);
        }

        // What does not end for KILL either hangs in the kernel: then the answer says that it runs.
        using var timeIsUp = new CancellationTokenSource(run.Timeouts.Kill + options.KillPatience, time);
        Task either = Task.WhenAny(run.Completion, handedOver);
        await either.WaitAsync(timeIsUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return run.Completion.IsCompleted || !handedOver.IsCompleted;
    }

    /// <summary>Sends a signal to processes of a run that runs.</summary>
    /// <param name="handedOver">Ends the wait for a start that is under way.</param>
    /// <returns>Null when a new instance of this service has to be asked.</returns>
    public async Task<Outcome<Unit>?> SignalAsync(Run run, int signal, SignalScope scope, Task handedOver)
    {
        if (run.State == RunState.Starting && !await IsStartDecidedAsync(run, handedOver))
        {
            return null;
        }

        if (!gate.TryEnter())
        {
            return null;
        }

        try
        {
            return _live.TryGetValue(run.Id, out LiveRun? live) && live.Processes is { HaveEnded: false } processes
                ? await processes.SignalAsync(signal, scope, CancellationToken.None)
                : (Outcome<Unit>)new Fault(FaultKind.FailedPrecondition, $"run {run.Id} of task '{run.Task}' {HowItIs(run)}: only one that runs can be sent a signal");
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <returns>False when a new instance of this service has to be asked, which is there by then.</returns>
    private static async Task<bool> IsDecidedAsync(Task<bool> decided, Task handedOver)
    {
        if (await Task.WhenAny(decided, handedOver) == decided && await decided)
        {
            return true;
        }

        await handedOver;
        return false;
    }

    /// <summary>A start that is under way ends soon, in one way or the other.</summary>
    /// <returns>False when a new instance of this service has to be asked.</returns>
    private static async Task<bool> IsStartDecidedAsync(Run run, Task handedOver)
    {
        while (!run.Completion.IsCompleted && run.Start is null)
        {
            Task changed = run.Changes.Next();
            if (!run.Completion.IsCompleted && run.Start is null)
            {
                await Task.WhenAny(changed, handedOver);
            }

            if (handedOver.IsCompleted)
            {
                return false;
            }
        }

        return true;
    }

    private static string HowItIs(Run run) => run.State switch
    {
        RunState.Waiting => "waits for its locks",
        RunState.Withdrawn or RunState.Failed => "was not started",
        _ => "has ended",
    };
}
