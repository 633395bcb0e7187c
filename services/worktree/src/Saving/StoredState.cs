using Microsoft.Extensions.Logging;
using PvExec.Kernel;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Saving;

/// <summary>What the store has of this worktree.</summary>
/// <param name="Tag">The head's; null when there is none yet.</param>
/// <param name="Latest">The newest snapshot's tree; null when there is none, or it cannot be read.</param>
internal sealed record StoredState(Head Head, string? Tag, Manifest? Latest)
{
    /// <summary>A head that cannot be read is a fault; a manifest that cannot is only a save that stores more.</summary>
    public static async ValueTask<Outcome<StoredState>> ReadAsync(SnapshotStore store, string worktree, ILogger log, CancellationToken cancellationToken)
    {
        Outcome<(Head Head, string? Tag)> read = await store.HeadAsync(worktree, cancellationToken);
        if (!read.TryGet(out (Head Head, string? Tag) found, out Fault? fault))
        {
            return fault;
        }

        if (found.Head.Latest is not { } latest)
        {
            return new StoredState(found.Head, found.Tag, null);
        }

        Outcome<Manifest> manifest = await store.ManifestAsync(latest.Id, cancellationToken);
        if (manifest.Fault is { } unreadable)
        {
            WorktreeLog.LatestUnreadable(log, unreadable.Detail);
            return new StoredState(found.Head, found.Tag, null);
        }

        return new StoredState(found.Head, found.Tag, manifest.Value);
    }
}
