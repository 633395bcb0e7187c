using System.Threading.Channels;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunTimerTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly Channel<int> _signals = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _ended = new();

    [Fact]
    public async Task A_run_that_ends_in_time_gets_no_signal()
    {
        RunTimer timer = Timer(s_timeout);
        Task<EndSignal?> watch = timer.WatchAsync(_clock.GetUtcNow(), _ended.Task);

        Assert.False(timer.Decided.IsCompleted);
        _clock.Advance(s_timeout - TimeSpan.FromTicks(1));
        _ended.SetResult();

        Assert.Null(await watch.WaitAsync(EngineFixture.Patience));
        Assert.True(await timer.Decided);
        Assert.Equal(0, _signals.Reader.Count);
        Assert.Equal(0, _clock.Timers);
    }

    [Theory]
    [InlineData(EndSignal.TimeIsUp, true)]
    [InlineData(EndSignal.Cancel, true)]
    [InlineData(EndSignal.Cancel, false)]
    public async Task Why_a_run_is_told_to_end_is_noted_before_it_is_and_whether_it_could_be(EndSignal reason, bool isNoted)
    {
        var told = new List<string>();
        var timer = new RunTimer(
            s_timeout, s_grace,
            signal =>
            {
                told.Add(signal.ToString(System.Globalization.CultureInfo.InvariantCulture));
                _ended.TrySetResult();
                return Task.CompletedTask;
            },
            _clock,
            noted =>
            {
                told.Add(noted.ToString());
                return isNoted;
            });
        Task<EndSignal?> watch = timer.WatchAsync(_clock.GetUtcNow(), _ended.Task);
        if (reason == EndSignal.Cancel)
        {
            timer.Cancel();
        }
        else
        {
            _clock.Advance(s_timeout);
        }

        await watch.WaitAsync(EngineFixture.Patience);
        Assert.Equal([reason.ToString(), "15"], told);
        Assert.Equal(isNoted, await timer.Decided);
    }

    [Fact]
    public async Task A_run_whose_time_is_up_gets_TERM_and_after_the_grace_KILL()
    {
        Task<EndSignal?> watch = Timer(s_timeout).WatchAsync(_clock.GetUtcNow(), _ended.Task);

        _clock.Advance(s_timeout);
        Assert.Equal(15, await SignalAsync());
        await GraceIsCountedAsync();
        _clock.Advance(s_grace - TimeSpan.FromTicks(1));
        Assert.Equal(0, _signals.Reader.Count);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(9, await SignalAsync());
        _ended.SetResult();

        Assert.Equal(EndSignal.TimeIsUp, await watch.WaitAsync(EngineFixture.Patience));
    }

    [Fact]
    public async Task A_run_that_ends_at_TERM_is_not_killed()
    {
        Task<EndSignal?> watch = Timer(s_timeout).WatchAsync(_clock.GetUtcNow(), _ended.Task);

        _clock.Advance(s_timeout);
        Assert.Equal(15, await SignalAsync());
        _ended.SetResult();

        Assert.Equal(EndSignal.TimeIsUp, await watch.WaitAsync(EngineFixture.Patience));
        _clock.Advance(s_grace * 2);
        Assert.Equal(0, _signals.Reader.Count);
    }

    [Fact]
    public async Task A_run_without_a_timeout_ends_when_somebody_asks()
    {
        RunTimer timer = Timer(null);
        Task<EndSignal?> watch = timer.WatchAsync(_clock.GetUtcNow(), _ended.Task);

        timer.Cancel();
        timer.Cancel();
        Assert.Equal(15, await SignalAsync());
        await GraceIsCountedAsync();
        _clock.Advance(s_grace);
        Assert.Equal(9, await SignalAsync());
        _ended.SetResult();

        Assert.Equal(EndSignal.Cancel, await watch.WaitAsync(EngineFixture.Patience));
    }

    [Fact]
    public async Task The_time_counts_from_the_start_also_when_that_was_another_instance_of_the_service()
    {
        DateTimeOffset started = _clock.GetUtcNow() - s_timeout;
        Task<EndSignal?> watch = Timer(s_timeout).WatchAsync(started, _ended.Task);

        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(15, await SignalAsync());
        _ended.SetResult();

        Assert.Equal(EndSignal.TimeIsUp, await watch.WaitAsync(EngineFixture.Patience));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_make_the_time_longer()
    {
        Task<EndSignal?> watch = Timer(s_timeout).WatchAsync(_clock.GetUtcNow() + TimeSpan.FromDays(1), _ended.Task);

        _clock.Advance(s_timeout);
        Assert.Equal(15, await SignalAsync());
        _ended.SetResult();

        Assert.Equal(EndSignal.TimeIsUp, await watch.WaitAsync(EngineFixture.Patience));
    }

    private RunTimer Timer(TimeSpan? timeout) => new(timeout, s_grace, signal => _signals.Writer.WriteAsync(signal).AsTask(), _clock);

    private async Task<int> SignalAsync() => await _signals.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience);

    /// <summary>The signal is seen here before the watch, on its own thread, has set the timer behind it.</summary>
    private async Task GraceIsCountedAsync()
    {
        while (_clock.Timers == 0)
        {
            await Task.Yield();
        }
    }
}
