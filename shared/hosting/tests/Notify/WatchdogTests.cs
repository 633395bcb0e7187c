using Microsoft.Extensions.Hosting.Systemd;
using PvExec.Hosting.Notify;

namespace PvExec.Hosting.Tests.Notify;

public sealed class WatchdogTests
{
    [Theory]
    [InlineData("3000000", null, 3_000)]
    [InlineData("3000000", "", 3_000)]
    [InlineData("3000000", "42", 3_000)]
    [InlineData("1", null, 0.001)]
    [InlineData("9223372036854775807", null, 86_400_000)]
    public void The_interval_is_that_of_the_variables(string microseconds, string? pid, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Interval(microseconds, pid));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("3s", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("3000000", "43")]
    public void Nothing_is_sent_when_they_ask_for_nothing_or_ask_another_process(string? microseconds, string? pid) =>
        Assert.Null(Interval(microseconds, pid));

    [Fact]
    public async Task It_says_that_it_lives_at_once_and_then_at_half_the_interval()
    {
        var time = new OneTimer();
        var notifier = new Notifier();
        using var watchdog = new Watchdog(notifier, time, TimeSpan.FromSeconds(3));
        await watchdog.StartAsync(CancellationToken.None);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(1.5)), (time.Due, time.Period));
        time.Fire();
        time.Fire();
        Assert.Equal(["WATCHDOG=1", "WATCHDOG=1"], notifier.Sent);
    }

    [Fact]
    public async Task It_goes_on_while_the_service_stops()
    {
        var time = new OneTimer();
        var watchdog = new Watchdog(new Notifier(), time, TimeSpan.FromSeconds(3));
        await watchdog.StartAsync(CancellationToken.None);
        await watchdog.StopAsync(CancellationToken.None);
        Assert.False(time.IsDisposed);
        watchdog.Dispose();
        Assert.True(time.IsDisposed);
    }

    [Fact]
    public async Task Without_an_interval_it_has_no_timer()
    {
        var time = new OneTimer();
        using var watchdog = new Watchdog(new Notifier(), time, null);
        await watchdog.StartAsync(CancellationToken.None);
        Assert.Null(time.Due);
    }

    private static TimeSpan? Interval(string? microseconds, string? pid) => Watchdog.Interval(
        name => name switch
        {
            "WATCHDOG_USEC" => microseconds,
            "WATCHDOG_PID" => pid,
            _ => null,
        },
        42);

    private sealed class Notifier : ISystemdNotifier
    {
        public List<string> Sent { get; } = [];

        public bool IsEnabled => true;

        public void Notify(ServiceState state) => Sent.Add(state.ToString());
    }

    /// <summary>A clock whose one timer the test fires.</summary>
    private sealed class OneTimer : TimeProvider, ITimer
    {
        private Action? _fire;

        public TimeSpan? Due { get; private set; }

        public TimeSpan? Period { get; private set; }

        public bool IsDisposed { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Due, Period, _fire) = (dueTime, period, () => callback(state));
            return this;
        }

        public void Fire() => _fire!();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
