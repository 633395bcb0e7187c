using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Exec;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Leases;
using PvExec.Exec.Succession;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Files;

return await Daemon.RunAsync(Service.Exec, args, daemon =>
{
    daemon.Services.AddSingleton(ExecOptions.Of(daemon.Options));
    daemon.Services.AddSingleton<ScopeLocks>();
    daemon.Services.AddSingleton<ScopeWatches>();
    daemon.Services.AddSingleton<LockOrder>();
    daemon.Services.AddSingleton<DecisionGate>();
    daemon.Services.AddSingleton(new TaskDirectories(daemon.Options.ConfigRoots, daemon.Options.Given(DaemonFlags.ConfigRoot)));
    daemon.Services.AddSingleton<OutputPump>();
    daemon.Services.AddSingleton<InputPump>();
    daemon.Services.AddSingleton<RunInputs>();
    daemon.Services.AddSingleton<RunStarter>();
    daemon.Services.AddSingleton<WaitingNotes>();
    daemon.Services.AddSingleton<RunEngine>();
    daemon.Services.AddSingleton<ExecEvents>();
    daemon.Services.AddSingleton<IExecObserver>(services => services.GetRequiredService<ExecEvents>());
    daemon.Services.AddSingleton<ScopeLeases>();
    daemon.Services.AddSingleton<ScopeHolds>();
    daemon.Services.AddSingleton<ExecBus>();
    daemon.LivesWhile("the bus", services => services.GetRequiredService<ExecBus>().PingAsync());
    daemon.Services.AddSingleton<ServiceListing>(services => () => InitQuery.ListServices(services.GetRequiredService<RuntimePaths>()));
    daemon.Services.AddSingleton<MainTask>();
    daemon.Services.AddHostedService(services => services.GetRequiredService<MainTask>());
    daemon.Services.AddSingleton<ExecSuccession>();
    daemon.Services.AddSingleton<NextInstance>();
    const string moreInput = "a task is given more input bit by bit, by pvexec.v1.Tasks/RunInteractive or 'pv_exec exec -w -i'";
    daemon.MapGrpc<ExecGrpc>(PvExec.Contract.ExecService.BindService, moreInput);
    daemon.MapGrpc<TasksGrpc>(PvExec.Api.V1.Tasks.BindService, moreInput);

    // Such a call reads its task's directory at once. Where others than the kernel answer for that, it may take long, and would hold up the loop.
    if (daemon.Options.ConfigRoots.All(FileSystemKind.IsLocal))
    {
        daemon.BeginOnLoop("/proto.ExecService/Exec");
    }

    // First of all start hooks: what runs holds its locks before anyone can ask for one.
    daemon.OnStart((services, _) =>
    {
        Outcome<Unit> roots = services.GetRequiredService<TaskDirectories>().Check();
        if (roots.Succeeded(out Fault? _))
        {
            services.GetRequiredService<ExecEvents>().Start();
            services.GetRequiredService<MainTask>().Recall(services.GetRequiredService<IInit>().Owned);
            services.GetRequiredService<ExecSuccession>().TakeOver(
                services.GetRequiredService<IInit>().Owned, services.GetRequiredService<Inheritance>());

            // Only runs that ask for it need it: without it the service does all the rest. A disk that hangs holds up nothing else.
            string directory = services.GetRequiredService<ExecOptions>().OutputDirectory;
            ILogger log = services.GetRequiredService<ILogger<RunStarter>>();
            new Thread(() => WarnOfOutputDirectory(directory, log)) { IsBackground = true, Name = "output directory" }.Start();
        }

        return Task.FromResult(roots);
    });
    daemon.OnStart((services, stopping) =>
    {
        // Calls that are still open then are cut off, which is not their callers' doing.
        stopping.Register(services.GetRequiredService<RunEngine>().KeepRunsWithoutCallers);
        services.GetRequiredService<ExecBus>().Start();
        return Task.FromResult<Outcome<Unit>>(Unit.Value);
    });
    daemon.OnHandOver((services, cancellationToken) => services.GetRequiredService<ExecSuccession>().HandOverAsync(cancellationToken));
    daemon.OnStop(async (services, timeLeft, cancellationToken) =>
    {
        services.GetRequiredService<ScopeHolds>().Stop();
        await services.GetRequiredService<RunEngine>().StopAsync(timeLeft, cancellationToken);
        return Unit.Value;
    });
});

static void WarnOfOutputDirectory(string directory, ILogger log)
{
    if (!OutputDirectory.Check(directory).Succeeded(out Fault? unusable))
    {
        ExecLog.OutputDirectoryUnusable(log, directory, unusable.Detail);
    }
}
