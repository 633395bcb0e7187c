using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>The stop of the whole system.</content>
public sealed partial class RunEngine
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>
    /// Refuses new runs, withdraws those that wait, gives those that run a part of the time to end by themselves, then
    /// TERM and at last KILL to all their processes. Returns as soon as all have ended, and at the latest when the time is up.
    /// </summary>
    public async Task StopAsync(TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        try
        {
            await EndAllAsync(timeLeft, cancellationToken);
        }
        finally
        {
            Watches.Stop();
        }
    }

    private async Task EndAllAsync(TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        _stopping = true;
        LiveRun[] all = [.. _live.Values];
        int waiting = all.Count(live => live.Run.State == RunState.Waiting);
        if (all.Length > 0)
        {
            ExecLog.Stopping(log, all.Length - waiting, waiting, (timeLeft * options.StopWaitShare).TotalSeconds);
        }

        foreach (LiveRun live in all)
        {
            Withdraw(live.Run, Stopping());
        }

        TimeSpan forTerm = options.StopKillShare > options.StopWaitShare ? timeLeft * (options.StopKillShare - options.StopWaitShare) : TimeSpan.Zero;
        if (await EndedAsync(timeLeft * options.StopWaitShare, cancellationToken))
        {
            return;
        }

        await SignalAllAsync(Terminate, cancellationToken);
        if (await EndedAsync(forTerm, cancellationToken))
        {
            return;
        }

        await SignalAllAsync(Kill, cancellationToken);
        await EndedAsync(timeLeft * (1 - options.StopKillShare), cancellationToken);
    }

    /// <summary>Waits until no run is left, and nothing of one that is to be forgotten.</summary>
    /// <returns>False when the time was up before.</returns>
    public async Task<bool> EndedAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timeIsUp = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp.Token, cancellationToken);
        while (_live.Values.Select(live => live.Gone).Append(_forgetting).Append(_readersExpired).Where(gone => !gone.IsCompleted).ToArray() is { Length: > 0 } gone)
        {
            Task all = Task.WhenAll(gone);
            await all.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!all.IsCompleted)
            {
                return false;
            }
        }

        return true;
    }

    private async Task SignalAllAsync(int signal, CancellationToken cancellationToken)
    {
        foreach (LiveRun live in _live.Values)
        {
            if (live.Processes is { } processes)
            {
                ExecLog.StopSignal(log, live.Run.Id, live.Run.Task, signal);
                await SignalAsync(live, processes, signal, cancellationToken, withRest: live.IsEnding);
                await SignalFinishAsync(live, processes, signal, cancellationToken);
            }
        }
    }
}
