using Microsoft.Extensions.DependencyInjection;
using PvExec.Hosting;
using PvExec.Kernel;
using PvExec.Worktrees;
using PvExec.Worktrees.Saving;

return await Daemon.RunAsync(Service.Worktree, args, daemon =>
{
    daemon.Services.AddSingleton<WorktreeHost>();
    daemon.Services.AddHostedService<Autosave>();
    daemon.Services.AddHostedService<CollectionLoop>();
    daemon.MapGrpc<WorktreeService>();
    daemon.MapGrpc<WorktreesService>();
    daemon.OnStart((services, token) => services.GetRequiredService<WorktreeHost>().StartAsync(token));
    daemon.OnStop((services, _, token) => services.GetRequiredService<WorktreeHost>().FinishAsync(token));
});
