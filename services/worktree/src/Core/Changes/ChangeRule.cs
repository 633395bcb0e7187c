using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Core.Changes;

/// <summary>Whether a file must be read again.</summary>
public static class ChangeRule
{
    /// <summary>
    /// File times move in steps of a timer tick, 10 ms at most: a file written in the tick of the capture can be written
    /// again without its time moving.
    /// </summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <param name="before">At the capture before.</param>
    /// <param name="now">At this one.</param>
    /// <param name="captured">When the capture before began.</param>
    /// <param name="shared">Whether, then or now, some process had it open for writing or mapped shared: on tmpfs only the first store through a mapping moves the times.</param>
    public static bool MayHaveChanged(FileStat before, FileStat now, DateTimeOffset captured, bool shared) =>
        shared
        || before.Inode != now.Inode || before.Device != now.Device || before.Type != now.Type || before.Size != now.Size
        || before.Changed != now.Changed || before.Modified != now.Modified
        || before.Mode != now.Mode || before.Uid != now.Uid || before.Gid != now.Gid
        || before.Changed.CompareTo(FileTime.From(captured - Tick)) > 0;
}
