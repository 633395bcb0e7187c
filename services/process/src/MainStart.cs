using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Processes.Core.Specs;
using PvExec.Processes.Engine;

namespace PvExec.Processes;

/// <summary>
/// Starts the main process when all services are ready: with the command behind <c>--</c>, or, when an earlier pv-init left
/// its record, as it was. One that an earlier instance of this service started is only followed, and one that is not
/// configured yet is left to whoever configures it.
/// </summary>
internal sealed class MainStart(
    ProcessEngine engine,
    MainProcess main,
    DaemonOptions options,
    ServiceListing listing,
    TimeProvider time,
    ILogger<MainStart> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.MainProcess is not { } name)
        {
            return;
        }

        try
        {
            while (!AreAllReady())
            {
                await Task.Delay(LookAgain, time, stoppingToken);
            }

            Outcome<Unit> started;
            main.IsStarting = true;
            try
            {
                started = await StartAsync(name, stoppingToken);
            }
            finally
            {
                main.IsStarting = false;
            }

            if (!started.Succeeded(out Fault? fault))
            {
                ProcessLog.MainNotStarted(log, name, fault.Detail);
                main.Failed(name);
            }
        }
        catch (HandedOverException)
        {
            // The instance that has taken over starts it.
            return;
        }
    }

    private async Task<Outcome<Unit>> StartAsync(string name, CancellationToken cancellationToken)
    {
        Keeper? keeper = engine.Find(name);
        if (keeper is { IsOfEarlierInit: true })
        {
            return await engine.RestartAsync(name, [], [], cancellationToken);
        }

        if (keeper is not null)
        {
            // An earlier instance may have been killed in the middle of its start, with nobody left to be told how that
            // ended; null when the next instance is to go on with it, and tells.
            return await keeper.Resumed.WaitAsync(cancellationToken) ?? Unit.Value;
        }

        if (!main.HasCommand)
        {
            return Unit.Value;
        }

        Outcome<Unit> started = await engine.EnableAsync(Spec(name), cancellationToken);

        // A caller was first, with a command of its own: that is the main process now.
        return started.Fault?.Kind == FaultKind.AlreadyExists ? Unit.Value : started;
    }

    /// <summary>Where there is no worktree it runs where the daemon was started, as a container's command does.</summary>
    private ProcessSpec Spec(string name) => new()
    {
        Name = name,
        Arguments = options.MainCommand,
        RunPath = options.MountPoint ?? Environment.CurrentDirectory,
    };

    private bool AreAllReady() => listing().TryGet(out var services, out _) && services.TrueForAll(one => one.State is "ready" or "failed");
}
