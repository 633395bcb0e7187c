using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Hosting;

/// <summary>
/// READY=1 and STOPPING=1 to NOTIFY_SOCKET, and leaving on SIGTERM. <c>AddSystemd()</c> does nothing unless the parent is
/// called systemd, so its parts are registered by hand.
/// </summary>
internal static class NotifyServices
{
    public static void AddNotify(this IServiceCollection services)
    {
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
    }
}
