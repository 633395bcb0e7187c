using Microsoft.AspNetCore.Server.Kestrel.Core;
using PvExec.Front.Adapters;

namespace PvExec.Front;

/// <summary>What the front is made of.</summary>
public static class FrontServices
{
    /// <summary>How long a client's connection may be silent before it is asked whether it is still there.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to answer that.</summary>
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Needs <see cref="Kernel.RuntimePaths"/>, <see cref="TimeProvider"/> and logging.</summary>
    public static void AddFront(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<ServiceSockets>();
        services.AddSingleton<FrontService>();

        // FrontLog has one line for what the forwarder reports with a stack trace.
        services.Configure<LoggerFilterOptions>(filter => filter.AddFilter("Yarp", LogLevel.None));

        // A stream may be silent for hours, so nothing else would notice a client that vanished without a word.
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
            kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;
        });
    }
}
