using PvExec.Kernel;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;
using PvExec.Worktrees.Saving;

namespace PvExec.Worktrees.Starting;

/// <summary>
/// Finds the snapshot to start from. A clone is a line in the own head: it is written before anything is loaded, so that
/// collection leaves the packs alone, and taken back when the load fails.
/// </summary>
/// <param name="given">What the source was given with, to be named when it is wrong.</param>
internal sealed class SourceSnapshot(SnapshotStore store, TimeProvider time, string given)
{
    /// <summary>What the store has of the worktree once it has the source's latest snapshot.</summary>
    public async ValueTask<Outcome<StoredState>> CloneAsync(StoredState own, string source, CancellationToken cancellationToken)
    {
        Outcome<(Head Head, string? Tag)> read = source == own.Head.Worktree ? (own.Head, own.Tag) : await store.HeadAsync(source, cancellationToken);
        if (!read.TryGet(out (Head Head, string? Tag) found, out Fault? fault))
        {
            return fault;
        }

        if (found.Head.Latest is not { } latest)
        {
            return new Fault(FaultKind.NotFound, $"{given} '{source}' has no snapshot in {store.Blobs.Url}: {await KnownAsync(cancellationToken)}");
        }

        if (own.Head.Latest?.Id != latest.Id)
        {
            Head next = own.Head with { Snapshots = SnapshotRetention.Keep([latest, .. own.Head.Snapshots], time.GetUtcNow()) };
            Outcome<string?> written = await store.Blobs.ReplaceAsync(BlobNames.Head(next.Worktree), HeadText.Write(next), own.Tag, cancellationToken);
            if (!written.TryGet(out string? tag, out fault) && fault is not null)
            {
                return fault;
            }

            if (tag is null)
            {
                return new Fault(FaultKind.Unavailable, $"another daemon saved to worktree '{next.Worktree}' in {store.Blobs.Url} just now: stop it, then start again");
            }

            own = new StoredState(next, tag, null);
        }

        Outcome<Manifest> manifest = await store.ManifestAsync(latest.Id, cancellationToken);
        return manifest.Then<StoredState>(tree => own with { Latest = tree });
    }

    /// <summary>Gives the worktree back the head it had, when a clone could not be loaded.</summary>
    public async ValueTask<Outcome<Unit>> TakeBackAsync(StoredState before, CancellationToken cancellationToken)
    {
        Outcome<(Head Head, string? Tag)> read = await store.HeadAsync(before.Head.Worktree, cancellationToken);
        if (!read.TryGet(out (Head Head, string? Tag) now, out Fault? fault))
        {
            return fault;
        }

        if (now.Tag == before.Tag)
        {
            return Unit.Value;
        }

        Outcome<string?> written = await store.Blobs.ReplaceAsync(BlobNames.Head(before.Head.Worktree), HeadText.Write(before.Head), now.Tag, cancellationToken);
        return written.Then<Unit>(_ => Unit.Value);
    }

    private async ValueTask<string> KnownAsync(CancellationToken cancellationToken)
    {
        Outcome<IReadOnlyList<BlobInfo>> heads = await store.Blobs.ListAsync(BlobNames.Worktrees, cancellationToken);
        string[] known = heads.TryGet(out IReadOnlyList<BlobInfo>? infos, out _)
            ? [.. infos.Select(info => BlobNames.WorktreeOf(info.Name)).OfType<string>().Take(10)]
            : [];
        return known.Length == 0 ? $"there is no worktree in that store; leave {given} out to start empty" : $"give one of those in it ({string.Join(", ", known)})";
    }
}
