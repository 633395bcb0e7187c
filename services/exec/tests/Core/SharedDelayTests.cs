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
}
