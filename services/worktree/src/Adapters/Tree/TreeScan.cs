using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Changes;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>
/// Walks the tree and tells which files are to be read. What appears or goes away meanwhile is found or not, and both
/// are right. Other file systems mounted in the tree are not entered.
/// </summary>
/// <param name="memory">Of the capture before; null to read everything.</param>
/// <param name="shared">Inodes that some process can change unseen now.</param>
internal sealed class TreeScan(FileDescriptor root, CaptureMemory? memory, IReadOnlySet<ulong> shared)
{
    private readonly List<ScannedEntry> _entries = [];
    private readonly Dictionary<(ulong Device, ulong Inode), ScannedEntry> _firstNames = [];

    /// <summary>The root first, then as a manifest has them.</summary>
    public IReadOnlyList<ScannedEntry> Entries => _entries;

    /// <summary>Sockets, and what is mounted in the tree.</summary>
    public int Skipped { get; private set; }

    /// <exception cref="FileCallException">A call failed.</exception>
    /// <exception cref="FaultException">Something may not be read.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        FileStat stat = Statx.Of(root);
        // The root stays open elsewhere: reading names moves a descriptor's position, so this is one of its own.
        int errno = Opening.TryAt(root, "."u8, OpenFlags.Directory, out FileDescriptor? directory);
        if (errno != 0)
        {
            throw new FileCallException("openat(the worktree's root)", errno);
        }

        using (directory)
        {
            AddDirectory(ByteString.Empty, stat, directory!);
            Enter(directory!, ByteString.Empty, cancellationToken);
        }
    }

    private void Enter(FileDescriptor directory, ByteString path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (byte[] name in DirectoryEntries.Read(directory))
        {
            int errno = Statx.TryAt(directory, name, out FileStat stat);
            if (errno != 0)
            {
                if (errno == FileErrno.ENOENT)
                {
                    continue;
                }

                throw new FileCallException($"statx({path.Below(name)})", errno);
            }

            if (stat.Type == FileType.Directory)
            {
                Descend(directory, name, path.Below(name), stat, cancellationToken);
            }
            else
            {
                AddFile(directory, name, path.Below(name), stat);
            }
        }
    }

    private void Descend(FileDescriptor parent, byte[] name, ByteString path, FileStat stat, CancellationToken cancellationToken)
    {
        using FileDescriptor? directory = OwnerAccess.Open(parent, name, path, stat, OpenFlags.Directory);
        if (directory is null)
        {
            return;
        }

        AddDirectory(path, stat, directory);
        if (stat.IsMountRoot)
        {
            Skipped++;
            return;
        }

        Enter(directory, path, cancellationToken);
    }

    private void AddDirectory(ByteString path, FileStat stat, FileDescriptor directory)
    {
        Entry entry = Unchanged(path, stat) ?? Base(path, stat, EntryType.Directory) with { Xattrs = OwnAttributes.Without(Xattrs.Read(directory)) };
        _entries.Add(new ScannedEntry(path, stat) { Entry = entry });
    }

    private void AddFile(FileDescriptor directory, byte[] name, ByteString path, FileStat stat)
    {
        if (stat.Type is FileType.Socket or FileType.Unknown || stat.IsMountRoot)
        {
            Skipped++;
            return;
        }

        if (stat.Links > 1 && _firstNames.TryGetValue((stat.Device, stat.Inode), out ScannedEntry? first))
        {
            _entries.Add(new ScannedEntry(path, stat) { LinkTo = first });
            return;
        }

        var scanned = new ScannedEntry(path, stat) { Entry = Unchanged(path, stat) };
        if (scanned.Entry is null && stat.Type != FileType.Regular)
        {
            scanned.Entry = Special(directory, name, path, stat);
            if (scanned.Entry is null)
            {
                return;
            }
        }

        if (stat.Links > 1)
        {
            _firstNames.Add((stat.Device, stat.Inode), scanned);
        }

        _entries.Add(scanned);
    }

    private Entry? Unchanged(ByteString path, FileStat stat) =>
        memory is not null && memory.Files.TryGetValue(path, out (FileStat Stat, Entry Entry) before)
        && !ChangeRule.MayHaveChanged(before.Stat, stat, memory.Began, shared.Contains(stat.Inode) || memory.SharedInodes.Contains(stat.Inode))
            ? before.Entry
            : null;

    private static Entry? Special(FileDescriptor directory, byte[] name, ByteString path, FileStat stat)
    {
        try
        {
            Entry entry = Base(path, stat, TypeOf(stat.Type)) with { Xattrs = OwnAttributes.Without(Xattrs.Read(directory, name)) };
            if (stat.Type != FileType.Symlink)
            {
                return stat.Type == FileType.Fifo ? entry : entry with { Major = stat.NodeMajor, Minor = stat.NodeMinor };
            }

            int errno = Names.TryReadLink(directory, name, out byte[] target);
            return errno switch
            {
                0 => entry with { Target = new ByteString(target) },
                // Gone, or something else by now: the next save finds it.
                FileErrno.ENOENT or FileErrno.EINVAL => null,
                _ => throw new FileCallException($"readlinkat({path})", errno),
            };
        }
        catch (FileCallException e) when (e.Errno == FileErrno.ENOENT)
        {
            return null;
        }
    }

    internal static Entry Base(ByteString path, FileStat stat, EntryType type) => new()
    {
        Path = path,
        Type = type,
        Mode = stat.Mode,
        Uid = stat.Uid,
        Gid = stat.Gid,
        Modified = stat.Modified,
    };

    private static EntryType TypeOf(FileType type) => type switch
    {
        FileType.Symlink => EntryType.Symlink,
        FileType.Fifo => EntryType.Fifo,
        FileType.CharacterDevice => EntryType.CharacterDevice,
        FileType.BlockDevice => EntryType.BlockDevice,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
