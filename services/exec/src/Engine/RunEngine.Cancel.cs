using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>The end of a single run before its time.</content>
public sealed partial class RunEngine
{
    /// <summary>Takes a run out of the queues, or ends its processes and all their descendants: TERM, and KILL after a time.</summary>
    /// <param name="why">What <see cref="Run.Completion"/> answers if it has not been started.</param>
    /// <param name="handedOver">Ends the wait: the next instance has to be asked.</param>
    /// <returns>False when a new instance of this service has to be asked.</returns>
    public async Task<bool> CancelAsync(Run run, Fault why, Task handedOver)
    {
        if (!Withdraw(run, why))
        {
            return false;
        }

        // A start that is under way ends soon, in one way or the other.
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

        if (!await SignalAsync(run, Terminate))
        {
            return false;
        }

        if (await EndsAsync(run, handedOver))
        {
            return true;
        }

        if (handedOver.IsCompleted || !await SignalAsync(run, Kill))
        {
            return false;
        }

        return await EndsAsync(run, handedOver) || !handedOver.IsCompleted;
    }

    /// <returns>Whether it ended before the time was over.</returns>
    private async Task<bool> EndsAsync(Run run, Task handedOver)
    {
        using var timeIsUp = new CancellationTokenSource(options.CancelKillAfter, time);
        Task either = Task.WhenAny(run.Completion, handedOver);
        await either.WaitAsync(timeIsUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return run.Completion.IsCompleted;
    }

    private async Task<bool> SignalAsync(Run run, int signal)
    {
        if (!gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_live.TryGetValue(run.Id, out LiveRun? live) && live.Processes is { } processes)
            {
                _ = (await processes.SignalAsync(signal, CancellationToken.None)).Value;
            }

            return true;
        }
        finally
        {
            gate.Leave();
        }
    }
}
