using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Worktrees;
using PvExec.Worktrees.Adapters;
using PvExec.Worktrees.Saving;

return await Daemon.RunAsync(Service.Worktree, args, daemon =>
{
    daemon.Services.AddSingleton(services => new BusClient(
        Service.Exec.Name(),
        daemon.Options.Paths.BusRequests(Service.Exec),
        BusLimits.Default,
        UnixTransportOptions.Default,
        services.GetRequiredService<ILogger<BusClient>>()));
    daemon.Services.AddSingleton<ISaveLock>(services => new BusSaveLock(
        services.GetRequiredService<BusClient>(),
        services.GetRequiredService<IInit>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<BusSaveLock>>()) { Scopes = daemon.Options.SaveScopes });
    daemon.Services.AddSingleton<ICaptureFreeze>(services => daemon.Options.SaveFreeze ? BusFreeze(services, daemon.Options.Paths) : new NoFreeze());
    daemon.Services.AddSingleton<WorktreeEvents>();
    daemon.Services.AddSingleton<IWorktreeObserver>(services => services.GetRequiredService<WorktreeEvents>());
    daemon.Services.AddSingleton<WorktreeBus>();
    daemon.LivesWhile("the bus", services => services.GetRequiredService<WorktreeBus>().PingAsync());
    daemon.Services.AddSingleton<WorktreeHost>();
    daemon.Services.AddHostedService<Autosave>();
    daemon.Services.AddHostedService<CollectionLoop>();
    daemon.Services.AddHostedService<DirtyWatch>();
    daemon.MapGrpc<WorktreeService>(PvExec.Contract.WorktreeService.BindService);
    daemon.MapGrpc<WorktreesService>(PvExec.Api.V1.Worktrees.BindService);
    daemon.OnStart(async (services, token) =>
    {
        services.GetRequiredService<WorktreeEvents>().Start();
        Outcome<Unit> started = await services.GetRequiredService<WorktreeHost>().StartAsync(token);
        if (started.Fault is null)
        {
            services.GetRequiredService<WorktreeBus>().Start();
        }

        return started;
    });
    daemon.OnHandOver(async (services, token) =>
    {
        foreach (TreeLoop loop in services.GetServices<IHostedService>().OfType<TreeLoop>())
        {
            await loop.StopAsync(token);
        }

        Legacy legacy = await services.GetRequiredService<WorktreeHost>().HandOverAsync().WaitAsync(token);

        // Who accepts on the bus from now on is the new instance.
        await services.GetRequiredService<WorktreeBus>().DisposeAsync();
        await services.GetRequiredService<WorktreeEvents>().DisposeAsync();
        return legacy;
    });
    daemon.OnStop(async (services, timeLeft, token) =>
    {
        // Its walk holds directories open, which are about to be unmounted.
        foreach (DirtyWatch watch in services.GetServices<IHostedService>().OfType<DirtyWatch>())
        {
            await watch.StopAsync(token);
        }

        return await services.GetRequiredService<WorktreeHost>().FinishAsync(timeLeft, token);
    });
});

static BusCaptureFreeze BusFreeze(IServiceProvider services, RuntimePaths paths) => new(
    new BusClient(
        Service.Process.Name(),
        paths.BusRequests(Service.Process),
        BusLimits.Default,
        UnixTransportOptions.Default,
        services.GetRequiredService<ILogger<BusClient>>()),
    services.GetRequiredService<IInit>(),
    services.GetRequiredService<TimeProvider>(),
    services.GetRequiredService<ILogger<BusCaptureFreeze>>());
