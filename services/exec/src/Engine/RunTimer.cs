using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>Makes a run's processes end when their time is up or somebody asks: TERM to all of them, and KILL when the grace is over.</summary>
/// <param name="timeout">How long they may run from their start; null for any time.</param>
/// <param name="grace">Between TERM and KILL.</param>
/// <param name="note">Is told why they are asked to end, before they are; returns whether that outlives this service.</param>
/// <param name="signal">Sends a signal to the whole tree; comes back when it has been sent.</param>
public sealed class RunTimer(TimeSpan? timeout, TimeSpan grace, Func<int, Task> signal, TimeProvider time, Func<EndSignal, bool>? note = null)
{
    private const int Terminate = 15;
    private const int Kill = 9;

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<bool> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it is certain, whatever becomes of this service, that they end: it is noted, or they have ended. False when it is not, and another instance has to be asked.</summary>
    public Task<bool> Decided => _decided.Task;

    /// <summary>When they were asked to end, as a timestamp of the clock; null when they were not.</summary>
    public long? Asked { get; private set; }

    /// <summary>Asks for the end. A second call does nothing.</summary>
    public void Cancel() => _cancelled.TrySetResult();

    /// <summary>Watches until they have ended.</summary>
    /// <param name="started">When they were, perhaps by an earlier instance of this service.</param>
    /// <param name="ended">Completes when they have ended; whatever it throws is thrown here.</param>
    /// <returns>Why they were asked to end, <see cref="EndSignal.TimeIsUp"/> or <see cref="EndSignal.Cancel"/>; null when they were not.</returns>
    public async Task<EndSignal?> WatchAsync(DateTimeOffset started, Task ended)
    {
        EndState state = EndState.Free;
        EndSignal? reason = null;
        TimeSpan? left = timeout is { } all ? Bounded(started + all - time.GetUtcNow()) : null;
        while (true)
        {
            EndSignal next = await NextAsync(state, left, ended);
            (state, EndAction action) = RunEnding.Step(state, next);
            switch (action)
            {
                case EndAction.Terminate:
                    reason = next;
                    Asked = time.GetTimestamp();
                    _decided.TrySetResult(note?.Invoke(next) ?? true);
                    left = grace;
                    await signal(Terminate);
                    break;
                case EndAction.Kill:
                    left = null;
                    await signal(Kill);
                    break;
            }

            if (state == EndState.Over)
            {
                await ended;
                _decided.TrySetResult(true);
                return reason;
            }
        }
    }

    private async Task<EndSignal> NextAsync(EndState state, TimeSpan? left, Task ended)
    {
        if (ended.IsCompleted)
        {
            // Also of a run that had ended before this instance came: nobody is to see it run.
            return EndSignal.Ended;
        }

        if (left is not { } wait)
        {
            // Most runs: nothing is due, and no timer has to be made and taken back.
            return await (state == EndState.Free ? Task.WhenAny(ended, _cancelled.Task) : Task.WhenAny(ended)) == ended ? EndSignal.Ended : EndSignal.Cancel;
        }

        using var isOver = new CancellationTokenSource();
        Task due = Task.Delay(wait, time, isOver.Token);
        Task first = state == EndState.Free ? await Task.WhenAny(ended, _cancelled.Task, due) : await Task.WhenAny(ended, due);
        await isOver.CancelAsync();
        return first == ended ? EndSignal.Ended
            : first == _cancelled.Task ? EndSignal.Cancel
            : state == EndState.Free ? EndSignal.TimeIsUp : EndSignal.GraceIsOver;
    }

    /// <summary>A clock that was set back must not make the wait longer.</summary>
    private TimeSpan Bounded(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left > timeout ? timeout.Value : left;
}
