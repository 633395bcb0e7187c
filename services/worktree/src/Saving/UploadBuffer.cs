using PvExec.Kernel;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Adapters.Tree;
using PvExec.Worktrees.Core.Format;

namespace PvExec.Worktrees.Saving;

/// <summary>
/// Keeps packs until the capture is over, so that nobody waits for the store while tasks wait for the save. Only when
/// more than <see cref="MostBytes"/> have come, further ones are uploaded at once: memory is bounded.
/// </summary>
internal sealed class UploadBuffer(IBlobStore blobs, CancellationToken cancellationToken)
{
    public const long MostBytes = 64 * 1024 * 1024;

    private const int AtOnce = 2;

    private readonly Lock _lock = new();

    /// <summary>Guarded by the lock.</summary>
    private readonly List<SealedPack> _kept = [];

    /// <summary>Guarded by the lock.</summary>
    private long _keptBytes;

    private long _bytes;

    /// <summary>Everything that came, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <exception cref="FaultException">The store failed.</exception>
    public void Take(SealedPack pack)
    {
        Interlocked.Add(ref _bytes, pack.Blob.Length);
        lock (_lock)
        {
            if (_keptBytes + pack.Blob.Length <= MostBytes)
            {
                _kept.Add(pack);
                _keptBytes += pack.Blob.Length;
                return;
            }
        }

        // The capture's own thread: waiting here is what bounds the memory.
        Outcome<Unit> put = blobs.PutAsync(BlobNames.Pack(pack.Pack.Id), pack.Blob, cancellationToken).AsTask().GetAwaiter().GetResult();
        _ = put.Value;
    }

    /// <summary>Drops what was kept: the capture does not count. What was uploaded already, nothing refers to.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _kept.Clear();
            _keptBytes = 0;
        }

        Interlocked.Exchange(ref _bytes, 0);
    }

    /// <summary>Uploads what was kept.</summary>
    public async Task<Outcome<Unit>> FlushAsync()
    {
        List<SealedPack> packs;
        lock (_lock)
        {
            packs = [.. _kept];
            _kept.Clear();
        }

        Fault? failed = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(packs, parallel, async (pack, token) =>
        {
            Outcome<Unit> put = await blobs.PutAsync(BlobNames.Pack(pack.Pack.Id), pack.Blob, token);
            if (put.Fault is { } fault)
            {
                Interlocked.CompareExchange(ref failed, fault, null);
            }
        });
        return failed is null ? Unit.Value : failed;
    }
}
