using System.Threading.Channels;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Hosting.Notify;
using PvExec.Testing;

namespace PvExec.Hosting.Tests.Notify;

public sealed class WatchdogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualClock _time = new();
    private readonly Notifier _notifier = new();
    private readonly Lines _log = new();

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
    public async Task It_says_that_it_lives_at_once_and_then_after_each_answer()
    {
        var asked = new Asked();
        using Watchdog watchdog = await StartAsync(asked);
        await SaidAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await asked.OnceAsync();
        Assert.Equal(1, _notifier.Count);
        asked.Answer();
        await SaidAsync(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        await asked.OnceAsync();
        asked.Answer();
        await SaidAsync(3);
    }

    [Fact]
    public async Task A_sign_that_could_not_be_given_is_not_the_last()
    {
        var asked = new Asked();
        _notifier.Fails = true;
        using Watchdog watchdog = await StartAsync(asked);
        Assert.Contains("could not be given", await _log.NextAsync(), StringComparison.Ordinal);
        _notifier.Fails = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        await asked.OnceAsync();
        asked.Answer();
        await SaidAsync(1);
    }

    [Fact]
    public async Task One_that_does_not_answer_itself_falls_silent_and_says_so_in_the_log()
    {
        var stuck = new Asked();
        using Watchdog watchdog = await StartAsync(stuck);
        await SaidAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stuck.OnceAsync();
        Assert.True(SpinWait.SpinUntil(() => _time.Timers == 1, Patience));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("the test has not answered this service for a while: unless it does within 1 s the service is ended and started again", await _log.NextAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _notifier.Count);
    }

    [Fact]
    public async Task What_cannot_be_asked_counts_as_answered()
    {
        using Watchdog watchdog = await StartAsync(new LifeProbe("the test", _ => throw new System.Net.Sockets.SocketException(24)));
        await SaidAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SaidAsync(2);
    }

    [Fact]
    public async Task One_that_leaves_asks_nothing_more_and_goes_on_to_say_that_it_lives()
    {
        var stuck = new Asked();
        using Watchdog watchdog = await StartAsync(stuck);
        await SaidAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stuck.OnceAsync();
        await watchdog.StopAsync(CancellationToken.None);
        await SaidAsync(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SaidAsync(3);
    }

    [Fact]
    public async Task It_ends_once_however_often_it_is_disposed_of()
    {
        Watchdog watchdog = await StartAsync(new Asked());
        await SaidAsync(1);
        watchdog.Dispose();
        watchdog.Dispose();
        Assert.True(SpinWait.SpinUntil(() => _time.Timers == 0, Patience));
    }

    [Fact]
    public async Task Without_an_interval_it_says_nothing()
    {
        using var watchdog = new Watchdog(_notifier, _time, null, [], NullLogger<Watchdog>.Instance);
        await watchdog.StartAsync(CancellationToken.None);
        Assert.Equal((0, 0), (_notifier.Count, _time.Timers));
    }

    private Task<Watchdog> StartAsync(Asked asked) => StartAsync(new LifeProbe("the test", asked.AskAsync));

    private async Task<Watchdog> StartAsync(LifeProbe probe)
    {
        var watchdog = new Watchdog(_notifier, _time, TimeSpan.FromSeconds(4), [probe], _log);
        await watchdog.StartAsync(CancellationToken.None);
        return watchdog;
    }

    /// <summary>It has said so that often, and waits to ask.</summary>
    private Task SaidAsync(int times)
    {
        Assert.True(SpinWait.SpinUntil(() => _notifier.Count == times && _time.Timers > 0, Patience), $"said {_notifier.Count} times, not {times}");
        return Task.CompletedTask;
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
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool IsEnabled => true;

        public bool Fails { get; set; }

        public void Notify(ServiceState state)
        {
            if (Fails)
            {
                throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.TooManyOpenSockets);
            }

            Assert.Equal("WATCHDOG=1", state.ToString());
            Interlocked.Increment(ref _count);
        }
    }

    /// <summary>Answers when the test says so.</summary>
    private sealed class Asked
    {
        private readonly Channel<TaskCompletionSource> _questions = Channel.CreateUnbounded<TaskCompletionSource>();
        private TaskCompletionSource? _last;

        public Task AskAsync(CancellationToken cancellationToken)
        {
            var question = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _questions.Writer.TryWrite(question);
            return question.Task;
        }

        public async Task OnceAsync() => _last = await _questions.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public void Answer() => _last!.SetResult();
    }

    private sealed class Lines : ILogger<Watchdog>
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));
    }
}
