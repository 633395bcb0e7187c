using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>
/// Builds a tree from a manifest in an empty directory: directories first, then the packs in parallel, then what has no
/// content, then hard links, and the directories' attributes last of all, deepest first.
/// </summary>
/// <param name="root">The empty directory.</param>
/// <param name="progress">Told of each entry.</param>
internal sealed class TreeLoader(FileDescriptor root, SnapshotStore store, StartProgress progress)
{
    private const int Threads = 2;

    /// <summary>For what is under way: nobody else's, whatever it will be.</summary>
    private const int PrivateDirectory = 0x1C0 /* 0700 */;

    private readonly LoadReport _report = new();

    /// <exception cref="FileCallException">A call failed.</exception>
    public async Task<Outcome<LoadReport>> RunAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        MakeDirectories(manifest);
        LoadPlan plan = LoadPlan.Of(manifest);
        var files = new FileWriter(root, new AttributeWriter(_report), progress);
        files.MakeSpanning(plan.Spanning);

        Fault? failed = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(plan.Packs, parallel, async (part, token) =>
        {
            if (Volatile.Read(ref failed) is null)
            {
                Outcome<Unit> loaded = await LoadPackAsync(part.Pack, part.Files, files, token);
                if (loaded.Fault is { } fault)
                {
                    Interlocked.CompareExchange(ref failed, fault, null);
                }
            }
        });
        if (failed is not null)
        {
            return failed;
        }

        files.FinishSpanning(plan.Spanning);
        files.MakeEmpty(plan.Empty);
        MakeSpecial(manifest);
        MakeLinks(manifest);
        FinishDirectories(manifest);
        return _report;
    }

    private async Task<Outcome<Unit>> LoadPackAsync(Pack pack, IReadOnlyList<Entry> entries, FileWriter files, CancellationToken cancellationToken)
    {
        Outcome<ReadOnlyMemory<byte>> got = await store.PackAsync(pack, length => GC.AllocateUninitializedArray<byte>(length), cancellationToken);
        if (!got.TryGet(out ReadOnlyMemory<byte> raw, out Fault? fault))
        {
            return fault;
        }

        foreach (Piece piece in entries.SelectMany(entry => entry.Extents).Select(extent => extent.Piece).Where(piece => piece.Pack == pack).Distinct())
        {
            if (Hash256.Of(raw.Span.Slice(piece.Offset, piece.Length)) != piece.Hash)
            {
                return Damage.Fault(BlobNames.Pack(pack.Id), $"the piece at {piece.Offset} does not have the SHA-256 that the manifest gives");
            }
        }

        files.Write(pack, raw.Span, entries, cancellationToken);
        return Unit.Value;
    }

    private void MakeDirectories(Manifest manifest)
    {
        using var cursor = new DirectoryCursor(root);
        foreach (Entry entry in manifest.Entries.Where(entry => entry.Type == EntryType.Directory && entry.Path.Length > 0))
        {
            progress.Step();
            Names.MakeDirectory(Parent(cursor, entry), entry.Path.Name, PrivateDirectory);
        }
    }

    private void MakeSpecial(Manifest manifest)
    {
        using var cursor = new DirectoryCursor(root);
        var attributes = new AttributeWriter(_report);
        foreach (Entry entry in manifest.Entries)
        {
            FileType type = entry.Type switch
            {
                EntryType.Symlink => FileType.Symlink,
                EntryType.Fifo => FileType.Fifo,
                EntryType.CharacterDevice => FileType.CharacterDevice,
                EntryType.BlockDevice => FileType.BlockDevice,
                _ => FileType.Unknown,
            };
            if (type == FileType.Unknown)
            {
                continue;
            }

            progress.Step();
            FileDescriptor directory = Parent(cursor, entry);
            if (type == FileType.Symlink)
            {
                Names.MakeSymlink(entry.Target.Span, directory, entry.Path.Name);
            }
            else
            {
                int errno = Names.TryMakeNode(directory, entry.Path.Name, type, 0x180 /* 0600 */, entry.Major, entry.Minor);
                if (errno == FileErrno.EPERM)
                {
                    _report.NodeRefused();
                    continue;
                }

                if (errno != 0)
                {
                    throw new FileCallException($"mknodat({entry.Path})", errno);
                }
            }

            attributes.Apply(directory, entry.Path.Name, entry);
        }
    }

    private void MakeLinks(Manifest manifest)
    {
        using var cursor = new DirectoryCursor(root);
        using var targets = new DirectoryCursor(root);
        foreach (Entry entry in manifest.Entries)
        {
            if (entry.LinkTo is not { } target)
            {
                continue;
            }

            progress.Step();

            // The name of a device node that was refused is left out with it.
            FileDescriptor from = Parent(targets, target);
            if (Statx.TryAt(from, target.Path.Name, out _) == 0)
            {
                Names.MakeLink(from, target.Path.Name, Parent(cursor, entry), entry.Path.Name);
            }
        }
    }

    private void FinishDirectories(Manifest manifest)
    {
        var attributes = new AttributeWriter(_report);
        for (int i = manifest.Entries.Count - 1; i >= 0; i--)
        {
            Entry entry = manifest.Entries[i];
            if (entry.Type != EntryType.Directory)
            {
                continue;
            }

            progress.Step();
            int errno = TreePaths.TryOpenDirectory(root, entry.Path.Span, out FileDescriptor? directory);
            using (directory)
            {
                attributes.Apply(errno == 0 ? directory! : throw new FileCallException($"openat2({entry.Path})", errno), entry);
            }
        }
    }

    private static FileDescriptor Parent(DirectoryCursor cursor, Entry entry) =>
        cursor.Of(entry.Path) ?? throw new FileCallException($"openat2({PathText.Show(entry.Path.Directory)})", FileErrno.ENOENT);
}
