using Microsoft.Extensions.Logging;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Processes;
using PvExec.Processes.Adapters;
using PvExec.Processes.Engine;
using PvExec.Processes.Freezing;
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
    daemon.Services.AddSingleton(services => new FrozenMark(Path.Combine(services.GetRequiredService<RuntimePaths>().State(Service.Process), "frozen")));
    daemon.Services.AddSingleton<IChildGroups, ChildGroups>();
    daemon.Services.AddSingleton<TreeBrake>();
    daemon.Services.AddSingleton<Freezer>();
    daemon.Services.AddSingleton<ProcessEvents>();
    daemon.Services.AddSingleton<IProcessObserver>(services => services.GetRequiredService<ProcessEvents>());
    daemon.Services.AddSingleton<MainProcess>();
    daemon.Services.AddSingleton<ServiceListing>(services => () => InitQuery.ListServices(services.GetRequiredService<RuntimePaths>()));
    daemon.Services.AddHostedService<MainStart>();
    daemon.Services.AddSingleton<ProcessBus>();
    daemon.LivesWhile("the bus", services => services.GetRequiredService<ProcessBus>().PingAsync());
    daemon.Services.AddSingleton<TreeEnder>();
    daemon.Services.AddSingleton<ProcessWorld>();
    daemon.Services.AddSingleton<ProcessEngine>();
    daemon.MapGrpc<ProcessGrpc>(PvExec.Contract.ProcessService.BindService);
    daemon.MapGrpc<ProcessesGrpc>(PvExec.Api.V1.Processes.BindService);
    daemon.MapGrpc<SuccessionGrpc>(PvExec.Api.Internal.V1.ProcessSuccession.BindService);
    daemon.OnStart(async (services, _) =>
    {
        await services.GetRequiredService<Freezer>().ThawLeftAsync(services.GetRequiredService<IInit>().Owned);
        services.GetRequiredService<ProcessEvents>().Start();
        services.GetRequiredService<ProcessEngine>().Start(services.GetRequiredService<Inheritance>());
        services.GetRequiredService<ProcessBus>().Start();
        return Unit.Value;
    });
    daemon.OnStop(async (services, timeLeft, _) =>
    {
        await services.GetRequiredService<Freezer>().DisposeAsync();
        await services.GetRequiredService<ProcessEngine>().StopAsync(timeLeft);
        return Unit.Value;
    });
    daemon.OnHandOver(async (services, token) =>
    {
        // Who accepts on the bus from now on is the new instance; those who had something frozen ask again there. First, since
        // starts wait for the thaw.
        await services.GetRequiredService<ProcessBus>().DisposeAsync();
        await services.GetRequiredService<Freezer>().DisposeAsync();
        Legacy legacy = await services.GetRequiredService<ProcessEngine>().HandOverAsync().WaitAsync(token);
        await services.GetRequiredService<ProcessEvents>().DisposeAsync();
        return legacy;
    });
    daemon.OnHandedOver((services, token) => services.GetRequiredService<ProcessEngine>().FinishAsync(token));
});
