using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Init;
using PvExec.Hosting.Logging;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Server;
using PvExec.Hosting.Sockets;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Hosting;

/// <content>The host of a service: with gRPC, or without.</content>
public static partial class Daemon
{
    private delegate IHost HostFactory(Service service, ErrorLines lines, DaemonBuilder daemon, InitConnection init);

    private static WebApplication BuildGrpc(Service service, ErrorLines lines, DaemonBuilder daemon, InitConnection init)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = service.Program(), ContentRootPath = AppContext.BaseDirectory });
        var socket = new LifeProbe("its socket", token => OwnCall.AskAsync(new UnixDomainSocketEndPoint(daemon.Options.Paths.Grpc(service)), token));
        AddCommon(builder, lines, daemon, init, provider => [socket, .. daemon.LifeProbes(provider)]);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
            grpc.MaxSendMessageSize = MaxMessageBytes;
            grpc.Interceptors.Add<FaultInterceptor>();
        });

        // Whoever might listen to these lines makes each call cost an activity and a log scope.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.UseReadableMethodsOnly();
        builder.Services.AddSingleton<FaultInterceptor>();
        AddOwn(builder, daemon);
        builder.AddCallServer(init.Loop, () => InheritedSockets.Take("grpc"), daemon.BindCallsOnLoop);
        WebApplication app = builder.Build();
        app.UseOwnCalls();
        app.UseCallGate();
        foreach (Action<WebApplication> map in daemon.Endpoints)
        {
            map(app);
        }

        return app;
    }

    private static IHost BuildPlain<TServer>(Service service, ErrorLines lines, DaemonBuilder daemon, InitConnection init)
        where TServer : class, ICallServer, IHostedService
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = service.Program(), ContentRootPath = AppContext.BaseDirectory });
        AddCommon(builder, lines, daemon, init, daemon.LifeProbes);
        AddOwn(builder, daemon);
        builder.Services.AddSingleton<ICallServer>(services => services.GetRequiredService<TServer>());
        builder.Services.AddHostedService(services => services.GetRequiredService<TServer>());
        return builder.Build();
    }

    private static void AddCommon(
        IHostApplicationBuilder builder, ErrorLines lines, DaemonBuilder daemon, InitConnection init, Func<IServiceProvider, IEnumerable<LifeProbe>> probes)
    {
        builder.Logging.ClearProviders().AddOneLine(lines);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = daemon.DrainTime);
        builder.Services.AddNotify(probes);
        builder.Services.AddSingleton<IInit>(init);
        IReadOnlyList<KeptDescriptor> stored = StoredDescriptors.Take(Environment.GetEnvironmentVariable("LISTEN_FDNAMES"));
        builder.Services.AddSingleton(_ => init.Inherited with { Stored = [.. stored, .. init.Inherited.Stored] });
        builder.Services.AddSingleton<ServiceExit>();
        builder.Services.AddSingleton<Successor>();
        builder.Services.AddSingleton(daemon.Options);
        builder.Services.AddSingleton(daemon.Options.Paths);
        builder.Services.AddSingleton(DaemonEnvironment.FromProcess());
        builder.Services.AddSingleton(TimeProvider.System);
    }

    private static void AddOwn(IHostApplicationBuilder builder, DaemonBuilder daemon)
    {
        foreach (ServiceDescriptor descriptor in daemon.Services)
        {
            builder.Services.Add(descriptor);
        }
    }
}
