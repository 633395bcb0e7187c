using PvExec.Front;
using PvExec.Front.Adapters;
using PvExec.Hosting;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

return await Daemon.RunAsync(Service.Front, args, daemon =>
{
    daemon.Services.AddFront();
    daemon.RefusesLateCalls = false;
    daemon.OnHandOver((_, _) => Task.FromResult<Outcome<Legacy>>(Legacy.None));
    daemon.MapFallback(services => services.GetRequiredService<FrontService>().HandleAsync);
});
