using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Notify;

/// <summary>
/// WATCHDOG=1 to whoever started the service (sd_watchdog_enabled(3)), a quarter of the interval after the service has last
/// answered all that it asks itself: the answer may take three quarters. One that does not answer itself falls silent, and is
/// started again. What cannot be asked, for want of a descriptor, counts as answered, and so does everything once the service
/// is about to leave: its calls are then another instance's.
/// </summary>
internal sealed class Watchdog(ISystemdNotifier notifier, TimeProvider time, TimeSpan? interval, IReadOnlyList<LifeProbe> probes, ILogger<Watchdog> log)
    : IHostedService, IDisposable
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _ended = new();
    private Task _watching = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>What the variables ask for; null when they ask for nothing, or ask another process.</summary>
    public static TimeSpan? Interval(Func<string, string?> variable, int pid)
    {
        string? owner = variable("WATCHDOG_PID");
        bool isMine = string.IsNullOrEmpty(owner) || owner == pid.ToString(CultureInfo.InvariantCulture);
        return isMine && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(Math.Min(microseconds, TimeSpan.FromDays(1).TotalMicroseconds))
            : null;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (interval is { } most)
        {
            _watching = WatchAsync(most);
        }

        return Task.CompletedTask;
    }

    /// <summary>Goes on: a stop may take its time, and is to be watched too.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Leave();
        return Task.CompletedTask;
    }

    /// <summary>Nothing is asked any more: the service leaves, and may not answer new calls.</summary>
    public void Leave() => _leaving.Cancel();

    /// <summary>More than once, since the container has it under two names.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Leave();
        _ended.Cancel();
        _leaving.Dispose();
        _ended.Dispose();
    }

    private async Task WatchAsync(TimeSpan most)
    {
        CancellationToken ended = _ended.Token, leaving = _leaving.Token;
        try
        {
            while (true)
            {
                Say();
                await Task.Delay(most / 4, time, ended);
                await Task.WhenAll(probes.Select(probe => AnsweredAsync(probe, most, leaving)));
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The process is about to end.
            return;
        }
    }

    private void Say()
    {
        try
        {
            notifier.Notify(Alive);
        }
        catch (Exception e)
        {
            // The next one comes in time all the same.
            HostingLog.CannotSay(log, e);
        }
    }

    private async Task AnsweredAsync(LifeProbe probe, TimeSpan most, CancellationToken leaving)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        try
        {
            Task answered = probe.AskAsync(leaving).WaitAsync(leaving);
            if (await Task.WhenAny(answered, Task.Delay(most / 2, time, enough.Token)) != answered && !leaving.IsCancellationRequested)
            {
                HostingLog.NoAnswer(log, probe.What, (most / 4).TotalSeconds);
            }

            await answered;
        }
        catch (Exception e)
        {
            // Whatever kept it from asking, a service is not to be ended for that.
            HostingLog.CannotAsk(log, e, probe.What);
        }
        finally
        {
            await enough.CancelAsync();
        }
    }
}
