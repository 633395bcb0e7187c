using Microsoft.Extensions.Logging;
using PvExec.Kernel;
using PvExec.Worktrees.Adapters;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Adapters.Tree;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Saving;

/// <summary>
/// Saves the tree: captures it under the save lock, uploads what is new after releasing it, and makes it visible by
/// replacing the head. Called by one save at a time.
/// </summary>
internal sealed class Saver(TreePlace place, SnapshotStore store, ISaveLock saveLock, ICaptureFreeze freeze, StoredState stored, TimeProvider time, ILogger<Saver> log)
{
    private const int CaptureAttempts = 3;

    /// <summary>Null: compare everything, as the first save does.</summary>
    private volatile CaptureMemory? _memory;
    private int _skipped;

    /// <summary>What the store has, as far as this service knows.</summary>
    public StoredState Stored { get; private set; } = stored;

    /// <summary>What the last save remembers of the tree; null before the first.</summary>
    public CaptureMemory? Memory => _memory;

    /// <param name="begin">Called when the capture begins; tells whether to compare everything.</param>
    /// <param name="locked">False for the final save: exec and its tasks have ended by then.</param>
    public async Task<Outcome<SaveResult>> SaveAsync(Func<bool> begin, bool locked, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        var uploads = new UploadBuffer(store.Blobs, cancellationToken);
        Outcome<CaptureResult> captured = await CaptureLockedAsync(begin, locked, uploads, cancellationToken);
        if (!captured.TryGet(out CaptureResult? capture, out Fault? fault))
        {
            return fault;
        }

        TimeSpan capturing = time.GetElapsedTime(started);
        if (capture.Skipped != _skipped)
        {
            _skipped = capture.Skipped;
            WorktreeLog.Skipped(log, capture.Skipped);
        }

        if (!capture.Changed && Stored.Head.Latest is { } latest)
        {
            _memory = capture.Memory;
            return new SaveResult(latest, false, 0, time.GetElapsedTime(started));
        }

        Outcome<SnapshotInfo> published = await PublishAsync(capture.Manifest, uploads, cancellationToken);
        if (!published.TryGet(out SnapshotInfo? snapshot, out fault))
        {
            return fault;
        }

        _memory = capture.Memory;
        place.Saved(snapshot.Id);
        TimeSpan elapsed = time.GetElapsedTime(started);
        WorktreeLog.Saved(log, snapshot.Id.ToString(), snapshot.Entries, uploads.Bytes, (long)capturing.TotalMilliseconds, (long)elapsed.TotalMilliseconds);
        return new SaveResult(snapshot, true, uploads.Bytes, elapsed);
    }

    private async Task<Outcome<CaptureResult>> CaptureLockedAsync(Func<bool> begin, bool locked, UploadBuffer uploads, CancellationToken cancellationToken)
    {
        if (!locked)
        {
            return await CaptureAsync(begin(), uploads, cancellationToken);
        }

        for (int attempt = 1; attempt <= CaptureAttempts; attempt++)
        {
            Outcome<IHeldLock> acquired = await saveLock.AcquireAsync($"save of worktree {Stored.Head.Worktree}", cancellationToken);
            if (!acquired.TryGet(out IHeldLock? held, out Fault? fault))
            {
                return fault;
            }

            await using (held)
            {
                Outcome<CaptureResult> captured;
                await using (await freeze.FreezeAsync(cancellationToken))
                {
                    captured = await CaptureAsync(begin(), uploads, cancellationToken);
                }

                if (captured.Fault is not null || await held.ReleaseAsync())
                {
                    return captured;
                }
            }

            WorktreeLog.LockLost(log);
            uploads.Discard();
        }

        return new Fault(FaultKind.Unavailable, $"the locks of the save were lost {CaptureAttempts} times while it captured, so nothing was saved: look at 'pv_exec services' and save again");
    }

    private async Task<Outcome<CaptureResult>> CaptureAsync(bool everything, UploadBuffer uploads, CancellationToken cancellationToken)
    {
        var capture = new TreeCapture(place.Root, Stored.Latest, uploads.Take, path => WorktreeLog.Unsettled(log, path.ToString()));
        try
        {
            return await Task.Run(() => capture.Run(everything ? null : _memory, time.GetUtcNow(), cancellationToken), cancellationToken);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<FaultException>().FirstOrDefault() is { } inner)
        {
            return inner.Fault;
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<IOException>().FirstOrDefault() is { } inner)
        {
            return Unreadable(inner);
        }
        catch (FaultException e)
        {
            return e.Fault;
        }
        catch (IOException e)
        {
            return Unreadable(e);
        }
    }

    private static Fault Unreadable(IOException error) =>
        new(FaultKind.Internal, $"the worktree cannot be read: {error.Message}; the snapshots in the store are as they were");

    private async Task<Outcome<SnapshotInfo>> PublishAsync(Manifest manifest, UploadBuffer uploads, CancellationToken cancellationToken)
    {
        Outcome<Unit> flushed = await uploads.FlushAsync();
        if (!flushed.Succeeded(out Fault? fault))
        {
            return fault;
        }

        byte[] blob = ManifestBlob.Seal(manifest);
        var snapshot = new SnapshotInfo(Hash256.Of(blob), manifest.Created, manifest.Entries.Count, manifest.ContentBytes);
        Outcome<Unit> put = await store.Blobs.PutAsync(BlobNames.Manifest(snapshot.Id), blob, cancellationToken);
        if (!put.Succeeded(out fault))
        {
            return fault;
        }

        Head next = Stored.Head with { Snapshots = SnapshotRetention.Keep([snapshot, .. Stored.Head.Snapshots], time.GetUtcNow()) };
        Outcome<string?> replaced = await store.Blobs.ReplaceAsync(BlobNames.Head(next.Worktree), HeadText.Write(next), Stored.Tag, cancellationToken);
        if (!replaced.TryGet(out string? tag, out fault) && fault is not null)
        {
            return fault;
        }

        if (tag is null)
        {
            return await CatchUpAsync(next.Worktree, cancellationToken);
        }

        Stored = new StoredState(next, tag, manifest);
        return snapshot;
    }

    /// <summary>Somebody else saved to this worktree: what they have done is what the next save builds upon.</summary>
    private async Task<Fault> CatchUpAsync(string worktree, CancellationToken cancellationToken)
    {
        Outcome<StoredState> read = await StoredState.ReadAsync(store, worktree, log, cancellationToken);
        if (!read.TryGet(out StoredState? theirs, out Fault? fault))
        {
            return fault;
        }

        Stored = theirs;
        _memory = null;
        return new Fault(FaultKind.Unavailable,
            $"another daemon saved to worktree '{worktree}' in {store.Blobs.Url} meanwhile: this save is not in the store; stop the other one, or save again to put this tree above its snapshot");
    }
}
