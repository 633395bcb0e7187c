using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using PvExec.Kernel;

namespace PvExec.Hosting.Notify;

/// <summary>
/// READY=1, STOPPING=1 and WATCHDOG=1 to NOTIFY_SOCKET, the descriptor store behind it, and leaving on SIGTERM. <c>AddSystemd()</c> does nothing unless the parent is
/// called systemd, so its parts are registered by hand.
/// </summary>
internal static class NotifyServices
{
    public static void AddNotify(this IServiceCollection services, Func<IServiceProvider, IEnumerable<LifeProbe>> probes)
    {
        services.AddSingleton<ISystemdNotifier>(_ => new Notifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")));
        services.AddSingleton<StartProgress>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
        services.AddSingleton(_ => new DescriptorStore(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")));
        services.AddSingleton<IDescriptorStore>(provider => provider.GetRequiredService<DescriptorStore>());
        TimeSpan? interval = Watchdog.Interval(Environment.GetEnvironmentVariable, Environment.ProcessId);
        services.AddSingleton(provider => new Watchdog(
            provider.GetRequiredService<ISystemdNotifier>(),
            provider.GetRequiredService<TimeProvider>(),
            interval,
            [.. probes(provider)],
            provider.GetRequiredService<ILogger<Watchdog>>()));
        services.AddHostedService(provider => provider.GetRequiredService<Watchdog>());
    }
}
