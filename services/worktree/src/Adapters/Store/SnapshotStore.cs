using PvExec.Kernel;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Store;

/// <summary>Snapshots in a blob store: heads, manifests and packs, each checked when read.</summary>
public sealed class SnapshotStore(IBlobStore blobs)
{
    public IBlobStore Blobs => blobs;

    /// <summary>A worktree's head and its tag; one without snapshots and with a null tag when the worktree is new.</summary>
    public async ValueTask<Outcome<(Head Head, string? Tag)>> HeadAsync(string worktree, CancellationToken cancellationToken)
    {
        Outcome<TaggedBlob?> got = await blobs.GetTaggedAsync(BlobNames.Head(worktree), cancellationToken);
        if (!got.TryGet(out TaggedBlob? blob, out Fault? fault) && fault is not null)
        {
            return fault;
        }

        return blob is null
            ? (new Head(worktree, []), null)
            : HeadText.Read(worktree, blob.Content).Then<(Head, string?)>(head => (head, blob.Tag));
    }

    public async ValueTask<Outcome<Manifest>> ManifestAsync(Hash256 id, CancellationToken cancellationToken)
    {
        Outcome<byte[]> got = await blobs.GetAsync(BlobNames.Manifest(id), cancellationToken);
        return got.TryGet(out byte[]? blob, out Fault? fault) ? ManifestBlob.Open(id, blob) : Missing(BlobNames.Manifest(id), fault);
    }

    /// <summary>A pack, decompressed.</summary>
    public async ValueTask<Outcome<ReadOnlyMemory<byte>>> PackAsync(Pack pack, Func<int, byte[]> allocate, CancellationToken cancellationToken)
    {
        Outcome<byte[]> got = await blobs.GetAsync(BlobNames.Pack(pack.Id), cancellationToken);
        return got.TryGet(out byte[]? blob, out Fault? fault) ? PackBlob.Open(pack, blob, allocate) : Missing(BlobNames.Pack(pack.Id), fault);
    }

    /// <summary>What a snapshot needs is there as long as the snapshot is: that it is missing is damage.</summary>
    private static Fault Missing(string name, Fault fault) =>
        fault.Kind == FaultKind.NotFound ? Damage.Fault(name, "it is missing") : fault;
}
