namespace PvExec.Exec.Core;

/// <summary>
/// One and the same delay for many waits, with a timer that fires a few times in the length of one however many there are: most waits end before
/// it is over, and a timer costs more than they do.
/// </summary>
/// <param name="delay">How long each wait is, or up to an eighth longer.</param>
public sealed class SharedDelay(TimeSpan delay, TimeProvider time)
{
    /// <summary>Guards the fields below; a leaf, as nobody goes on under it.</summary>
    private readonly Lock _lock = new();

    private readonly TimeSpan _step = TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds / 8));
    private readonly Queue<(long Began, TaskCompletionSource Over)> _waits = new();
    private ITimer? _timer;
    private bool _isSet;

    /// <summary>Completes when the delay is over, from now on.</summary>
    public Task BeginAsync()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Enqueue((time.GetTimestamp(), over));
            if (!_isSet)
            {
                Set(delay);
            }
        }

        return over.Task;
    }

    private void Tick()
    {
        lock (_lock)
        {
            _isSet = false;
            while (!_isSet && _waits.TryPeek(out (long Began, TaskCompletionSource Over) first))
            {
                TimeSpan left = delay - time.GetElapsedTime(first.Began);
                if (left > TimeSpan.Zero)
                {
                    // A timer that is set for less than a millisecond fires at once, again and again.
                    Set(left > _step ? left : _step);
                }
                else
                {
                    _waits.Dequeue().Over.TrySetResult();
                }
            }
        }
    }

    private void Set(TimeSpan left)
    {
        _isSet = true;
        _timer ??= time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
