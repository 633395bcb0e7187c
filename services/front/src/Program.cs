using PvExec.Front;
using PvExec.Front.Adapters;
using PvExec.Hosting;
using PvExec.Kernel;

return await Daemon.RunAsync(Service.Front, args, daemon =>
{
    daemon.Services.AddFront();
    daemon.MapFallback(services => services.GetRequiredService<FrontService>().HandleAsync);
});
