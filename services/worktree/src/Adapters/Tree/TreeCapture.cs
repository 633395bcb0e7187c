using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Retention;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Takes the tree down as a manifest and the packs that are not stored yet.</summary>
/// <param name="root">Open for reading.</param>
/// <param name="latest">What the store has; null for nothing. Its packs are used again.</param>
/// <param name="sink">Takes each new pack, on the thread that made it; may wait.</param>
/// <param name="unsettled">Told of files that changed while they were read.</param>
internal sealed class TreeCapture(FileDescriptor root, Manifest? latest, Action<SealedPack> sink, Action<ByteString> unsettled)
{
    private const int Threads = 2;

    /// <summary>Below this a second thread costs more than it brings, and makes a second small pack.</summary>
    private const long WorthTwoThreads = 2 * 1024 * 1024;

    /// <summary>How much one thread takes at a time, so that neighbours in the tree stay neighbours in a pack.</summary>
    private const long ShareBytes = 2 * 1024 * 1024;

    private const int ScanAttempts = 3;

    private readonly PieceIndex _index = new(latest?.Pieces() ?? []);
    private readonly HashSet<Pack> _newPacks = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _newPacksLock = new();

    /// <param name="memory">Of the capture before; null to compare everything by content.</param>
    /// <param name="began">Now, by the clock that the file system uses.</param>
    /// <exception cref="FileCallException">A call failed.</exception>
    /// <exception cref="FaultException">Something may not be read, or the sink failed.</exception>
    public CaptureResult Run(CaptureMemory? memory, DateTimeOffset began, CancellationToken cancellationToken)
    {
        IReadOnlySet<ulong> shared = SharedWriters.Inodes();
        for (int attempt = 1; ; attempt++)
        {
            var scan = new TreeScan(root, memory, shared);
            scan.Run(cancellationToken);
            ReadAll([.. scan.Entries.Where(entry => entry.Entry is null && entry.LinkTo is null)], cancellationToken);
            // A name that went away may have been the first of several: then the scan is out of date.
            if (scan.Entries.Any(entry => entry.LinkTo is { Vanished: true }) && attempt < ScanAttempts)
            {
                continue;
            }

            var manifest = new Manifest(began, Assemble(scan.Entries));
            bool changed = latest is null || !manifest.SameTreeAs(latest);
            if (changed)
            {
                manifest = Compact(manifest, scan.Entries, cancellationToken);
            }

            return new CaptureResult(manifest, changed, Remember(scan.Entries, began, shared), scan.Skipped);
        }
    }

    private void ReadAll(List<ScannedEntry> files, CancellationToken cancellationToken)
    {
        long bytes = files.Sum(file => file.Stat.Size);
        int threads = bytes < WorthTwoThreads ? 1 : Threads;
        var shares = new Queue<ArraySegment<ScannedEntry>>(Shares([.. files]));
        var sharesLock = new Lock();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, _ =>
        {
            using var packs = new PackBuilder(_index, bytes, Take);
            using var reader = new ContentReader(root, packs, unsettled);
            while (true)
            {
                ArraySegment<ScannedEntry> share;
                lock (sharesLock)
                {
                    if (!shares.TryDequeue(out share))
                    {
                        break;
                    }
                }

                foreach (ScannedEntry file in share)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    reader.Read(file);
                }
            }

            packs.Seal();
        });
    }

    private void Take(SealedPack pack)
    {
        lock (_newPacksLock)
        {
            _newPacks.Add(pack.Pack);
        }

        sink(pack);
    }

    private static IEnumerable<ArraySegment<ScannedEntry>> Shares(ScannedEntry[] files)
    {
        int start = 0;
        long bytes = 0;
        for (int i = 0; i < files.Length; i++)
        {
            bytes += files[i].Stat.Size;
            if (bytes >= ShareBytes || i == files.Length - 1)
            {
                yield return new ArraySegment<ScannedEntry>(files, start, i + 1 - start);
                (start, bytes) = (i + 1, 0);
            }
        }
    }

    private List<Entry> Assemble(IReadOnlyList<ScannedEntry> scanned)
    {
        var entries = new List<Entry>(scanned.Count);
        foreach (ScannedEntry one in scanned)
        {
            if (one.Vanished || one.LinkTo is { Vanished: true })
            {
                continue;
            }

            if (one.LinkTo is { } first)
            {
                one.Entry = new Entry { Path = one.Path, Type = EntryType.HardLink, LinkTo = first.Entry };
            }
            else if (one.Content is { } content)
            {
                one.Entry = TreeScan.Base(one.Path, one.Stat, EntryType.Regular) with
                {
                    Size = one.Stat.Size,
                    Xattrs = content.Xattrs,
                    Extents = [.. content.Parts.Select(part => new Extent(part.Offset, _index[part.Hash]))],
                };
            }

            entries.Add(one.Entry!);
        }

        return entries;
    }

    /// <summary>Packs that are worth it are written anew, from the tree itself: nothing is fetched for it.</summary>
    private Manifest Compact(Manifest manifest, IReadOnlyList<ScannedEntry> scanned, CancellationToken cancellationToken)
    {
        IReadOnlySet<Pack> packs = Compaction.Plan(manifest.Pieces(), _newPacks.Contains);
        if (packs.Count == 0)
        {
            return manifest;
        }

        List<ScannedEntry> files = [.. scanned.Where(one => !one.Vanished && one.Entry is { } entry && entry.Extents.Any(extent => packs.Contains(extent.Piece.Pack)))];
        _index.Forget(packs);
        ReadAll(files, cancellationToken);
        return manifest with { Entries = Assemble(scanned) };
    }

    private static CaptureMemory Remember(IReadOnlyList<ScannedEntry> scanned, DateTimeOffset began, IReadOnlySet<ulong> shared)
    {
        var files = new Dictionary<ByteString, (FileStat, Entry)>(scanned.Count);
        foreach (ScannedEntry one in scanned)
        {
            if (one is { Vanished: false, LinkTo: null, Entry: { } entry })
            {
                files[one.Path] = (one.Stat, entry);
            }
        }

        return new CaptureMemory(began, files, shared);
    }
}
