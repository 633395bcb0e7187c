using Microsoft.Extensions.Hosting;

namespace PvExec.Worktrees.Saving;

/// <summary>Work on the tree that goes on until the service leaves it to the next instance, or stops.</summary>
internal abstract class TreeLoop : BackgroundService
{
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    /// <remarks>It is stopped before the host is, and only in a host that stops is a cancellation no failure.</remarks>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }
}
