using PvExec.Kernel;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Store;

/// <summary>Removes packs and manifests that no snapshot of any worktree in the store needs. See <see cref="Collection"/>.</summary>
public sealed class Collector(SnapshotStore store, TimeProvider time)
{
    /// <summary>Longer than any load or upload should take.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromHours(1);

    /// <summary>Manifests never change, so what one needs is read once.</summary>
    private readonly Dictionary<Hash256, string[]> _needs = [];

    /// <summary>How long a blob stays condemned before it is deleted.</summary>
    public TimeSpan Grace { get; init; } = DefaultGrace;

    /// <summary>Deletes what was condemned long enough ago, and condemns what nothing refers to now.</summary>
    /// <returns>How many blobs were deleted. A fault means that nothing was: a head or manifest that cannot be read may refer to anything.</returns>
    public async ValueTask<Outcome<int>> RunAsync(CancellationToken cancellationToken)
    {
        IBlobStore blobs = store.Blobs;
        Outcome<TaggedBlob?> list = await blobs.GetTaggedAsync(BlobNames.Condemned, cancellationToken);
        if (!list.TryGet(out TaggedBlob? listed, out Fault? fault) && fault is not null)
        {
            return fault;
        }

        IReadOnlyDictionary<string, DateTimeOffset> condemned = new Dictionary<string, DateTimeOffset>();
        if (listed is not null && !CondemnedText.Read(listed.Content).TryGet(out condemned!, out _))
        {
            // The list is only a delay: without it everything waits from now on again.
            condemned = new Dictionary<string, DateTimeOffset>();
        }

        // Listed before the heads are read: what is written in between is not in the list.
        var found = new Dictionary<string, BlobInfo>(StringComparer.Ordinal);
        foreach (string prefix in new[] { BlobNames.Packs, BlobNames.Manifests })
        {
            Outcome<IReadOnlyList<BlobInfo>> some = await blobs.ListAsync(prefix, cancellationToken);
            if (!some.TryGet(out IReadOnlyList<BlobInfo>? infos, out fault))
            {
                return fault;
            }

            foreach (BlobInfo info in infos)
            {
                found[info.Name] = info;
            }
        }

        Outcome<HashSet<string>> referred = await ReferredAsync(cancellationToken);
        if (!referred.TryGet(out HashSet<string>? needed, out fault))
        {
            return fault;
        }

        Dictionary<string, DateTimeOffset> written = found.ToDictionary(blob => blob.Key, blob => blob.Value.Written, StringComparer.Ordinal);
        Collection plan = Collection.Plan(written, needed, condemned, time.GetUtcNow(), Grace);
        return await CarryOutAsync(plan, found, condemned, listed?.Tag, cancellationToken);
    }

    private async ValueTask<Outcome<int>> CarryOutAsync(
        Collection plan, Dictionary<string, BlobInfo> found, IReadOnlyDictionary<string, DateTimeOffset> before, string? tag, CancellationToken cancellationToken)
    {
        int count = 0;
        foreach (string name in plan.Delete)
        {
            Outcome<bool> deleted = await store.Blobs.DeleteAsync(found[name], cancellationToken);
            if (!deleted.TryGet(out bool gone, out Fault? fault))
            {
                return fault;
            }

            count += gone ? 1 : 0;
        }

        bool same = plan.Condemned.Count == before.Count && plan.Condemned.All(blob => before.ContainsKey(blob.Key));
        if (!same)
        {
            Outcome<string?> written = await store.Blobs.ReplaceAsync(BlobNames.Condemned, CondemnedText.Write(plan.Condemned), tag, cancellationToken);
            if (written.Fault is { } unwritten)
            {
                return unwritten;
            }
        }

        Outcome<Unit> tidied = await store.Blobs.DiscardAbandonedAsync(Grace, cancellationToken);
        return tidied.Then<int>(_ => count);
    }

    private async ValueTask<Outcome<HashSet<string>>> ReferredAsync(CancellationToken cancellationToken)
    {
        Outcome<IReadOnlyList<BlobInfo>> heads = await store.Blobs.ListAsync(BlobNames.Worktrees, cancellationToken);
        if (!heads.TryGet(out IReadOnlyList<BlobInfo>? infos, out Fault? fault))
        {
            return fault;
        }

        var referred = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<Hash256>();
        foreach (string worktree in infos.Select(info => BlobNames.WorktreeOf(info.Name)).OfType<string>())
        {
            Outcome<(Head Head, string? Tag)> got = await store.HeadAsync(worktree, cancellationToken);
            if (!got.TryGet(out (Head Head, string? Tag) head, out fault))
            {
                return fault;
            }

            foreach (SnapshotInfo snapshot in head.Head.Snapshots.Where(snapshot => seen.Add(snapshot.Id)))
            {
                Outcome<string[]> needs = await NeedsAsync(snapshot.Id, cancellationToken);
                if (!needs.TryGet(out string[]? names, out fault))
                {
                    return fault;
                }

                referred.UnionWith(names);
            }
        }

        foreach (Hash256 gone in _needs.Keys.Where(id => !seen.Contains(id)).ToList())
        {
            _needs.Remove(gone);
        }

        return referred;
    }

    private async ValueTask<Outcome<string[]>> NeedsAsync(Hash256 id, CancellationToken cancellationToken)
    {
        if (_needs.TryGetValue(id, out string[]? known))
        {
            return known;
        }

        Outcome<Manifest> read = await store.ManifestAsync(id, cancellationToken);
        return read.Then<string[]>(manifest => _needs[id] = [BlobNames.Manifest(id), .. manifest.Packs().Select(pack => BlobNames.Pack(pack.Id))]);
    }
}
