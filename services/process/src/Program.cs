using Microsoft.Extensions.Logging;
using PvExec.Hosting;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Processes;
using PvExec.Processes.Adapters;
using PvExec.Processes.Engine;
using PvExec.Processes.Proxy;
using PvExec.Processes.Succession;

return await Daemon.RunAsync(Service.Process, args, daemon =>
{
    daemon.Services.AddSingleton(new ProcessTiming());
    daemon.Services.AddSingleton<KernelTables>();
    daemon.Services.AddSingleton<IKernelTables>(services => services.GetRequiredService<KernelTables>());
    daemon.Services.AddSingleton<IPortOwners>(services => services.GetRequiredService<KernelTables>());
    daemon.Services.AddSingleton(services => new SpecStore(
        Path.Combine(services.GetRequiredService<RuntimePaths>().State(Service.Process), "specs"),
        services.GetRequiredService<ILogger<SpecStore>>()));
    daemon.Services.AddSingleton(services => new OutputLogs(
        Path.Combine(services.GetRequiredService<RuntimePaths>().State(Service.Process), "logs"),
        services.GetRequiredService<ILogger<OutputLogs>>()));
    daemon.Services.AddSingleton(_ => InitInstance.Current());
    daemon.Services.AddSingleton<PortWatcher>();
    daemon.Services.AddSingleton<Mandate>();
    daemon.Services.AddSingleton<ExposedPorts>();
    daemon.Services.AddSingleton<ISuccessorCalls, SuccessorCalls>();
    daemon.Services.AddSingleton<TreeEnder>();
    daemon.Services.AddSingleton<ProcessWorld>();
    daemon.Services.AddSingleton<ProcessEngine>();
    daemon.MapGrpc<ProcessGrpc>();
    daemon.MapGrpc<SuccessionGrpc>();
    daemon.OnStart((services, _) =>
    {
        services.GetRequiredService<ProcessEngine>().Start(services.GetRequiredService<Inheritance>());
        return Task.FromResult<Outcome<Unit>>(Unit.Value);
    });
    daemon.OnStop(async (services, timeLeft, _) =>
    {
        await services.GetRequiredService<ProcessEngine>().StopAsync(timeLeft);
        return Unit.Value;
    });
    daemon.OnHandOver(async (services, token) => await services.GetRequiredService<ProcessEngine>().HandOverAsync().WaitAsync(token));
    daemon.OnHandedOver((services, token) => services.GetRequiredService<ProcessEngine>().FinishAsync(token));
});
