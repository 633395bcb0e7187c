using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Hosting.Notify;

/// <summary>
/// WATCHDOG=1 at half the interval that whoever started the service asked for (sd_watchdog_enabled(3)). It is sent from the
/// thread pool, which also serves the calls: a service whose threads are all stuck falls silent, and is started again.
/// </summary>
internal sealed class Watchdog(ISystemdNotifier notifier, TimeProvider time, TimeSpan? interval) : IHostedService, IDisposable
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private ITimer? _timer;

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
            _timer = time.CreateTimer(_ => notifier.Notify(Alive), null, TimeSpan.Zero, most / 2);
        }

        return Task.CompletedTask;
    }

    /// <summary>Goes on: a stop may take its time, and is to be watched too.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _timer?.Dispose();
}
