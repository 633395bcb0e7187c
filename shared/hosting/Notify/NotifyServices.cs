using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Hosting.Notify;

/// <summary>
/// READY=1, STOPPING=1 and WATCHDOG=1 to NOTIFY_SOCKET, the descriptor store behind it, and leaving on SIGTERM. <c>AddSystemd()</c> does nothing unless the parent is
/// called systemd, so its parts are registered by hand.
/// </summary>
internal static class NotifyServices
{
    public static void AddNotify(this IServiceCollection services)
    {
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
        services.AddSingleton(_ => new DescriptorStore(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")));
        services.AddSingleton<IDescriptorStore>(provider => provider.GetRequiredService<DescriptorStore>());
        TimeSpan? interval = Watchdog.Interval(Environment.GetEnvironmentVariable, Environment.ProcessId);
        services.AddHostedService(provider => new Watchdog(
            provider.GetRequiredService<ISystemdNotifier>(), provider.GetRequiredService<TimeProvider>(), interval));
    }
}
