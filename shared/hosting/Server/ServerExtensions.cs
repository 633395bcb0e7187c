using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Succession;
using PvExec.Http2.Loop;
using PvExec.Http2.Serving;

namespace PvExec.Hosting.Server;

/// <summary>The server of a service, which can leave its listening socket to another instance.</summary>
internal static class ServerExtensions
{
    /// <param name="loop">Serves the calls; it runs already, or is about to.</param>
    /// <param name="listener">Gives the listening socket, which is the server's from then on.</param>
    /// <param name="onLoop">Which calls are the loop's: asked for once, at the start.</param>
    public static void AddCallServer(this WebApplicationBuilder builder, EventLoop loop, Func<SafeHandle> listener, Func<IServiceProvider, CallsOnLoop> onLoop)
    {
        builder.Services.AddSingleton<CallGate>();
        builder.Services.AddSingleton(services => new CallServer(
            loop, new CallerLimits(), listener, onLoop(services), services.GetRequiredService<CallGate>(), services, services.GetRequiredService<ILogger<CallServer>>()));
        builder.Services.AddSingleton<ICallServer>(services => services.GetRequiredService<CallServer>());
        builder.Services.AddSingleton<IServer>(services => services.GetRequiredService<CallServer>());
    }

    /// <summary>Lets every call through the gate.</summary>
    public static void UseCallGate(this WebApplication app)
    {
        CallGate gate = app.Services.GetRequiredService<CallGate>();
        app.Use((context, next) => gate.PassAsync(context, next));
    }
}
