using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Hosting;
using PvExec.Hosting.Init;
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
    daemon.Services.AddSingleton<WorktreeHost>();
    daemon.Services.AddHostedService<Autosave>();
    daemon.Services.AddHostedService<CollectionLoop>();
    daemon.MapGrpc<WorktreeService>();
    daemon.MapGrpc<WorktreesService>();
    daemon.OnStart((services, token) => services.GetRequiredService<WorktreeHost>().StartAsync(token));
    daemon.OnHandOver(async (services, token) =>
    {
        foreach (BackgroundService loop in services.GetServices<IHostedService>().OfType<BackgroundService>().Where(one => one is Autosave or CollectionLoop))
        {
            await loop.StopAsync(token);
        }

        return await services.GetRequiredService<WorktreeHost>().HandOverAsync().WaitAsync(token);
    });
    daemon.OnStop((services, timeLeft, token) => services.GetRequiredService<WorktreeHost>().FinishAsync(timeLeft, token));
});
