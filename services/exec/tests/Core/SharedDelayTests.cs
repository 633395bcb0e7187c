using PvExec.Exec.Core;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Core;

public sealed class SharedDelayTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly SharedDelay _delays;

    public SharedDelayTests() => _delays = new SharedDelay(s_delay, _clock);

    [Fact]
    public async Task Each_wait_is_over_when_its_own_delay_is()
    {
        Task first = _delays.BeginAsync();
        _clock.Advance(s_delay / 2);
        Task second = _delays.BeginAsync();

        _clock.Advance(s_delay / 2);
        await first.WaitAsync(s_patience);
        Assert.False(second.IsCompleted);

        _clock.Advance(s_delay / 2);
        await second.WaitAsync(s_patience);
    }

    [Fact]
    public async Task There_is_one_timer_for_all_and_none_when_nobody_waits()
    {
        Task[] waits = [_delays.BeginAsync(), _delays.BeginAsync(), _delays.BeginAsync()];
        Assert.Equal(1, _clock.Timers);

        _clock.Advance(s_delay);
        await Task.WhenAll(waits).WaitAsync(s_patience);
        Assert.Equal(0, _clock.Timers);
    }

    [Fact]
    public async Task However_many_begin_one_after_the_other_the_timer_fires_eight_times_in_a_delay()
    {
        const int Count = 2000;
        var counted = new CountedTimers(_clock);
        var delays = new SharedDelay(s_delay, counted);
        var waits = new List<(Task Over, TimeSpan Began)>();
        for (int i = 0; i < Count; i++)
        {
            waits.Add((delays.BeginAsync(), TimeSpan.FromMilliseconds(i * 0.4)));
            _clock.Advance(TimeSpan.FromMilliseconds(0.4));
        }

        Assert.InRange(counted.Sets, 2, 8 * (int)(Count * 0.4 / s_delay.TotalMilliseconds));
        TimeSpan now = TimeSpan.FromMilliseconds(Count * 0.4);
        foreach ((Task over, TimeSpan began) in waits.Where(wait => now - wait.Began >= s_delay * 1.15))
        {
            await over.WaitAsync(s_patience);
        }

        Assert.All(waits.Where(wait => now - wait.Began < s_delay), wait => Assert.False(wait.Over.IsCompleted));
    }

    [Fact]
    public async Task It_begins_anew_after_a_time_without_waits()
    {
        Task first = _delays.BeginAsync();
        _clock.Advance(s_delay);
        await first.WaitAsync(s_patience);
        _clock.Advance(s_delay * 10);

        Task second = _delays.BeginAsync();
        _clock.Advance(s_delay - TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await second.WaitAsync(s_patience);
    }

    /// <summary>Counts how often a timer is set to fire.</summary>
    private sealed class CountedTimers(TimeProvider inner) : TimeProvider
    {
        public int Sets { get; private set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Counted(this, inner.CreateTimer(callback, state, dueTime, period));

        private sealed class Counted(CountedTimers owner, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                owner.Sets++;
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
