using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Hosting.Logging;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Hosting;

/// <summary>
/// What every service does at start and stop: read the options, connect to pv-init, take over from the instance before,
/// adopt what it owns, serve the inherited socket, say READY, and leave when told to, when a new instance takes its
/// place, or when pv-init is gone. Split into the start (here), the host that runs it, and the ways out.
/// </summary>
public static partial class Daemon
{
    /// <summary>The largest message of the contract, both ways.</summary>
    public const int MaxMessageBytes = 10 * 1024 * 1024;

    /// <summary>Runs a service that speaks gRPC on its inherited socket, until it is told to leave.</summary>
    /// <returns>The exit code, one of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(Service service, string[] args, Action<DaemonBuilder> configure) =>
        RunAsync(service, args, configure, BuildGrpc);

    /// <summary>Runs a service with a server of its own, until it is told to leave.</summary>
    /// <typeparam name="TServer">Registered by <paramref name="configure"/>.</typeparam>
    /// <returns>The exit code, one of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunWithAsync<TServer>(Service service, string[] args, Action<DaemonBuilder> configure)
        where TServer : class, ICallServer, IHostedService => RunAsync(service, args, configure, BuildPlain<TServer>);

    private static async Task<int> RunAsync(Service service, string[] args, Action<DaemonBuilder> configure, HostFactory build)
    {
        var lines = ErrorLines.OfProcess(service.Program());
        try
        {
            return await RunAsync(service, lines, args, configure, build);
        }
        finally
        {
            lines.Flush();
        }
    }

    private static async Task<int> RunAsync(Service service, ErrorLines lines, string[] args, Action<DaemonBuilder> configure, HostFactory build)
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
            IHost app = build(service, lines, daemon, init);
            await using var disposal = (IAsyncDisposable)app; // some services can be disposed of in no other way
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

    private static async Task<int> RunAsync(Service service, ErrorLines lines, DaemonBuilder daemon, IHost app, InitConnection init)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(service.Program());
        init.OnUnexpected(error => HostingLog.UnexpectedOnLoop(log, error));
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
        init.OnExitsDropped(count => HostingLog.ExitsDropped(log, count));
        return await LeaveAsync(service, daemon, app, init);
    }
}
