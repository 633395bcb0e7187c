using PvExec.Front;
using PvExec.Front.Adapters;
using PvExec.Hosting;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

return await Daemon.RunAsync(Service.Front, args, daemon =>
{
    daemon.Services.AddFront();
    daemon.RefusesLateCalls = false;

    // Callers are told through here how their tasks end, which takes as long as those do.
    daemon.DrainTime = daemon.Options.StopTimeout;
    daemon.OnHandOver((_, _) => Task.FromResult<Outcome<Legacy>>(Legacy.None));
    daemon.MapFallback(services => services.GetRequiredService<FrontService>().HandleAsync);
});
