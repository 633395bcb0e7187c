using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Worktrees.Saving;

/// <summary>Saves at the interval asked for. A failure is logged and in the status, and the next interval tries again.</summary>
internal sealed class Autosave(WorktreeHost host, DaemonOptions options, TimeProvider time) : TreeLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        if (options.MountPoint is null || options.AutosaveInterval <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.AutosaveInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // The saver has logged a fault and keeps it for the status.
            _ = await host.SaveAsync(stoppingToken);
        }
    }
}
