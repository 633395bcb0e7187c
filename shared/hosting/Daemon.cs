using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Init;
using PvExec.Hosting.Logging;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Sockets;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Hosting;

/// <summary>
/// What every service does at start and stop: read the options, connect to pv-init, take over from the instance before,
/// adopt what it owns, serve gRPC on the inherited socket, say READY, and leave when told to, when a new instance takes its
/// place, or when pv-init is gone. Split into the start (here) and the ways out.
/// </summary>
public static partial class Daemon
{
    /// <summary>The largest message of the contract, both ways.</summary>
    public const int MaxMessageBytes = 10 * 1024 * 1024;

    /// <summary>Runs the service until it is told to leave.</summary>
    /// <returns>The exit code, one of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Service service, string[] args, Action<DaemonBuilder> configure)
    {
        var lines = ErrorLines.OfProcess(service.Program());
        try
        {
            return await RunAsync(service, lines, args, configure);
        }
        finally
        {
            lines.Flush();
        }
    }

    private static async Task<int> RunAsync(Service service, ErrorLines lines, string[] args, Action<DaemonBuilder> configure)
    {
        DaemonOptions options = DaemonOptions.Parse(args, Environment.GetEnvironmentVariable, out IReadOnlyList<string> problems);
        if (problems.Count > 0)
        {
            return StartFailure.Report(lines, new Fault(FaultKind.InvalidArgument, problems[0]));
        }

        Outcome<InitConnection> connected = await InitConnection.ConnectAsync(options.Paths, service, CancellationToken.None);
        if (!connected.TryGet(out InitConnection? init, out Fault? fault))
        {
            return StartFailure.Report(lines, fault);
        }

        await using (init)
        {
            var daemon = new DaemonBuilder(options);
            configure(daemon);
            await using WebApplication app = Build(service, lines, daemon, init);
            if (init.IsStandby)
            {
                Outcome<Unit> taken = await init.TakeOverAsync(options.Paths);
                if (!taken.Succeeded(out fault))
                {
                    return StartFailure.Report(lines, fault);
                }
            }

            return await RunAsync(service, lines, daemon, app, init);
        }
    }

    private static WebApplication Build(Service service, ErrorLines lines, DaemonBuilder daemon, InitConnection init)
    {
        // The content root is watched with all that is below it: by default that would be the working directory, a tree of any size.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = service.Program(), ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders().AddOneLine(lines);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = daemon.DrainTime);
        builder.Services.AddNotify(service, daemon);
        builder.Services.AddSingleton<IInit>(init);
        IReadOnlyList<KeptDescriptor> stored = StoredDescriptors.Take(Environment.GetEnvironmentVariable("LISTEN_FDNAMES"));
        builder.Services.AddSingleton(_ => init.Inherited with { Stored = [.. stored, .. init.Inherited.Stored] });
        builder.Services.AddSingleton<ServiceExit>();
        builder.Services.AddSingleton<Successor>();
        builder.Services.AddSingleton(daemon.Options);
        builder.Services.AddSingleton(daemon.Options.Paths);
        builder.Services.AddSingleton(DaemonEnvironment.FromProcess());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;
            grpc.MaxSendMessageSize = MaxMessageBytes;
            grpc.Interceptors.Add<FaultInterceptor>();
        });
        builder.Services.UseReadableMethodsOnly();
        builder.Services.AddSingleton<FaultInterceptor>();
        foreach (ServiceDescriptor descriptor in daemon.Services)
        {
            builder.Services.Add(descriptor);
        }

        builder.AddServer((ulong)InheritedSockets.Main, daemon.Protocols);
        WebApplication app = builder.Build();
        app.UseOwnCalls();
        if (daemon.RefusesLateCalls)
        {
            app.UseCallGate();
        }

        foreach (Action<WebApplication> map in daemon.Endpoints)
        {
            map(app);
        }

        return app;
    }

    private static async Task<int> RunAsync(Service service, ErrorLines lines, DaemonBuilder daemon, WebApplication app, InitConnection init)
    {
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        foreach (StartHook start in daemon.StartHooks)
        {
            Outcome<Unit> started = await start(app.Services, lifetime.ApplicationStopping);
            if (!started.Succeeded(out Fault? fault))
            {
                return StartFailure.Report(lines, fault);
            }
        }

        await app.StartAsync();
        init.OnExitsDropped(count => HostingLog.ExitsDropped(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(service.Program()), count));
        return await LeaveAsync(service, daemon, app, init);
    }
}
