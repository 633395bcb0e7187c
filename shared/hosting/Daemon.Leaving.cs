using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Hosting;

/// <content>The ways out of a service that serves.</content>
public static partial class Daemon
{
    private static async Task<int> LeaveAsync(Service service, DaemonBuilder daemon, IHost app, InitConnection init)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(service.Program());
        Task leaving = app.WaitForShutdownAsync();
        Task demanded = app.Services.GetRequiredService<ServiceExit>().Demanded;
        Task first = await Task.WhenAny(leaving, init.StopRequested, init.Lost, demanded, init.HandOverRequested);
        app.Services.GetRequiredService<Watchdog>().Leave();
        int exitCode = ExitCodes.Success;
        if (first == init.Lost)
        {
            HostingLog.InitLost(log);
            exitCode = ExitCodes.System;
        }
        else if (first == demanded)
        {
            HostingLog.ExitDemanded(log);
            exitCode = ExitCodes.System;
        }
        else if (first == init.StopRequested)
        {
            exitCode = await StopAsync(daemon, app, log, await init.StopRequested);
        }
        else if (first == init.HandOverRequested)
        {
            exitCode = await HandOverAsync(daemon, app, init, log, leaving);
        }

        await app.StopAsync();
        await leaving;
        return exitCode;
    }

    private static async Task<int> StopAsync(DaemonBuilder daemon, IHost app, ILogger log, TimeSpan timeLeft)
    {
        int exitCode = ExitCodes.Success;
        foreach (StopHook stop in daemon.StopHooks)
        {
            Outcome<Unit> stopped = await stop(app.Services, timeLeft, CancellationToken.None);
            if (!stopped.Succeeded(out Fault? fault))
            {
                HostingLog.StopFailed(log, fault.Detail);
                exitCode = StartFailure.ExitCode(fault.Kind);
            }
        }

        return exitCode;
    }

    /// <summary>Gives the service away, then stays until the last call is answered that this instance still holds, and for what its hooks name.</summary>
    private static async Task<int> HandOverAsync(DaemonBuilder daemon, IHost app, InitConnection init, ILogger log, Task leaving)
    {
        IServiceProvider services = app.Services;
        var time = services.GetRequiredService<TimeProvider>();
        using var timeIsUp = new CancellationTokenSource(await init.HandOverRequested, time);
        var server = services.GetRequiredService<ICallServer>();
        server.HoldBack();
        Outcome<Legacy> made = await LegacyAsync(daemon, services, timeIsUp.Token);
        await server.UnbindAsync();
        if (!made.Then(init.HandOver).Succeeded(out Fault? fault))
        {
            HostingLog.HandOverFailed(log, fault.Detail);
            return ExitCodes.System;
        }

        HostingLog.HandedOver(log);
        server.AskToClose();
        services.GetRequiredService<Successor>().SetTookOver();
        server.Refuse();
        using var enough = new CancellationTokenSource();
        Task finished = Task.WhenAll([server.ClosedAsync(enough.Token), .. daemon.StayHooks.Select(stay => stay(services, enough.Token))]);
        await Task.WhenAny(finished, leaving, init.Lost);
        await enough.CancelAsync();
        await finished;
        return ExitCodes.Success;
    }

    private static async Task<Outcome<Legacy>> LegacyAsync(DaemonBuilder daemon, IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            return await daemon.HandOver(services, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Fault(FaultKind.DeadlineExceeded, "the time to hand over to the new instance is over");
        }
    }
}
