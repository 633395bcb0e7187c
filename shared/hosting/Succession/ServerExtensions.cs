using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PvExec.Hosting.Succession;

/// <summary>The server of a service, which can leave its listening socket to another instance.</summary>
internal static class ServerExtensions
{
    /// <param name="descriptor">
    /// A listening socket, the server's from now on. It must not be close-on-exec: so .NET takes it for shared, and
    /// does not shut it down for all when it is closed while a connection is being accepted.
    /// </param>
    public static void AddServer(this WebApplicationBuilder builder, ulong descriptor, HttpProtocols protocols)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Looking for a header in the table of those sent before costs more than it saves on a local socket.
            kestrel.AllowResponseHeaderCompression = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = int.MaxValue;
            kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
            kestrel.ListenHandle(descriptor, listen => listen.Protocols = protocols);
        });
        builder.Services.AddSingleton<CallGate>();
        builder.Services.AddSingleton<HandOverListeners>(services => new HandOverListeners(
            new SocketTransportFactory(
                services.GetRequiredService<IOptions<SocketTransportOptions>>(), services.GetRequiredService<ILoggerFactory>()),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));

        builder.Services.AddSingleton<ICallServer, GrpcServer>();

        // The server asks the factories in the order opposite to that of their registration.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<HandOverListeners>());
    }

    /// <summary>Lets every call through the gate.</summary>
    public static void UseCallGate(this WebApplication app)
    {
        CallGate gate = app.Services.GetRequiredService<CallGate>();
        app.Use((context, next) => gate.PassAsync(context, next));
    }
}
