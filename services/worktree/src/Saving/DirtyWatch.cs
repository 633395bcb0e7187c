using PvExec.Kernel;

namespace PvExec.Worktrees.Saving;

/// <summary>
/// Looks whether the tree differs from its last snapshot, soon after a save and then more and more seldom, which it tells
/// once. A look is a walk over the tree's inodes; none is made while it is known to differ.
/// </summary>
internal sealed class DirtyWatch(WorktreeHost host, TimeProvider time) : TreeLoop
{
    private static readonly Backoff Looking = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        if (!host.Worktree.TryGet(out Worktree? worktree, out _))
        {
            return;
        }

        long saves = worktree.Saves;
        for (int looks = 1; ; looks++)
        {
            await Task.Delay(Looking.After(looks), time, stoppingToken);
            if (worktree.Saves != saves)
            {
                saves = worktree.Saves;
                looks = 0;
            }
            else if (!worktree.IsDirty)
            {
                await Task.Run(() => worktree.LookForChanges(stoppingToken), stoppingToken);
            }
        }
    }
}
