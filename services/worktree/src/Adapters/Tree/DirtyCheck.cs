using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>
/// Whether the tree differs from what was captured, by a walk that reads no file: of a file times, sizes and inodes, of all
/// else what a manifest says of it. A store through a
/// shared mapping that moves no time is not seen until the save, which compares by content.
/// </summary>
internal static class DirtyCheck
{
    private static readonly IReadOnlySet<ulong> Nobody = new HashSet<ulong>();

    /// <summary>The tree as it stands, to compare with later.</summary>
    public static CaptureMemory Baseline(FileDescriptor root, CancellationToken cancellationToken)
    {
        var scan = new TreeScan(root, null, Nobody);
        scan.Run(cancellationToken);
        var files = new Dictionary<ByteString, (FileStat, Entry)>(scan.Entries.Count);
        foreach (ScannedEntry one in scan.Entries.Where(one => one.LinkTo is null))
        {
            files[one.Path] = (one.Stat, one.Entry ?? TreeScan.Base(one.Path, one.Stat, EntryType.Regular));
        }

        return new CaptureMemory(DateTimeOffset.MaxValue, files, Nobody);
    }

    /// <param name="memory">Of the last capture, or a baseline.</param>
    public static bool Differs(FileDescriptor root, CaptureMemory memory, CancellationToken cancellationToken)
    {
        // A time within the last tick of the capture only means that a save has to look: nothing says that it differs.
        var scan = new TreeScan(root, memory with { Began = DateTimeOffset.MaxValue, SharedInodes = Nobody }, Nobody);
        scan.Run(cancellationToken);
        int names = 0;
        foreach (ScannedEntry one in scan.Entries.Where(one => one.LinkTo is null))
        {
            names++;

            // A file that may have changed has no entry. Directories, symlinks and such have been looked at anew.
            if (one.Entry is null
                || !memory.Files.TryGetValue(one.Path, out (FileStat Stat, Entry Entry) before)
                || !one.Entry.SameAs(before.Entry))
            {
                return true;
            }
        }

        return names != memory.Files.Count;
    }
}
