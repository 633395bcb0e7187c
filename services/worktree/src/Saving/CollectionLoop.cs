using Microsoft.Extensions.Logging;
using PvExec.Kernel;
using PvExec.Worktrees.Adapters.Store;

namespace PvExec.Worktrees.Saving;

/// <summary>Collects what no snapshot needs: after a save that stored something, and not again too soon. No save waits for it.</summary>
internal sealed class CollectionLoop(WorktreeHost host, TimeProvider time, ILogger<CollectionLoop> log) : TreeLoop
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        Collector? collector = null;
        await foreach (bool _ in host.Stored.ReadAllAsync(stoppingToken))
        {
            collector ??= new Collector(host.Store!, time);
            Outcome<int> collected = await collector.RunAsync(stoppingToken);
            if (!collected.TryGet(out int count, out Fault? fault))
            {
                WorktreeLog.CollectionFailed(log, fault.Detail);
            }
            else if (count > 0)
            {
                WorktreeLog.Collected(log, count);
            }

            await Task.Delay(s_pause, time, stoppingToken);
        }
    }
}
