namespace PvExec.Testing;

/// <summary>A clock that stands still until a test moves it; its timers fire from <see cref="Advance"/>, on the thread of the test.</summary>
public sealed class ManualClock : TimeProvider
{
    /// <summary>Guards the four fields below. No timer fires under it.</summary>
    private readonly Lock _lock = new();

    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _nextTimer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(30);
    private TimeSpan _setForward;

    /// <summary>How many timers are set.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Completes when the next timer is set. Ask for it, then look at the timers, then await it.</summary>
    public Task NextTimer
    {
        get
        {
            lock (_lock)
            {
                return _nextTimer.Task;
            }
        }
    }

    /// <summary>How many timers are set to fire at a moment.</summary>
    public int TimersAt(DateTimeOffset due)
    {
        lock (_lock)
        {
            return _timers.Count(timer => timer.Due == due);
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _setForward;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    /// <summary>Sets the time of day, as an administrator does: no time passes.</summary>
    public void SetForward(TimeSpan by)
    {
        lock (_lock)
        {
            _setForward += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on and fires the timers that are due, each once.</summary>
    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (ManualTimer timer in due)
        {
            timer.Fire();
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _now + dueTime;
                _timers.Add(timer);
                _nextTimer.SetResult();
                _nextTimer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, period == Timeout.InfiniteTimeSpan ? dueTime : throw new NotSupportedException("timers of this clock fire once"));
            return true;
        }

        public void Dispose() => clock.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
