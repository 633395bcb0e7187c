namespace PvExec.Exec.Core;

/// <summary>One and the same delay for many waits, with a timer that is set once for those that begin together: most waits end before it is over, and to set one costs more than they do.</summary>
/// <param name="delay">How long each wait is.</param>
public sealed class SharedDelay(TimeSpan delay, TimeProvider time)
{
    /// <summary>Guards the fields below; a leaf, as nobody goes on under it.</summary>
    private readonly Lock _lock = new();

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
                    Set(left);
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
