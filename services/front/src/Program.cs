using Microsoft.Extensions.DependencyInjection;
using PvExec.Front;
using PvExec.Hosting;
using PvExec.Hosting.Sockets;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

return await Daemon.RunWithAsync<FrontServer>(Service.Front, args, daemon =>
{
    daemon.Services.AddFront(FrontLimits.Default, () => InheritedSockets.Take("front"));

    // Callers are told through here how their tasks end, which takes as long as those do.
    daemon.DrainTime = daemon.Options.StopTimeout;
    daemon.OnHandOver((_, _) => Task.FromResult<Outcome<Legacy>>(Legacy.None));
    daemon.LivesWhile("its loop", services => services.GetRequiredService<FrontServer>().AskAsync());
});
