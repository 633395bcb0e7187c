namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>What an entry is; the numbers are those of the manifest.</summary>
public enum EntryType : byte
{
    Directory = 1,
    Regular = 2,
    Symlink = 3,
    Fifo = 4,
    CharacterDevice = 5,
    BlockDevice = 6,
    /// <summary>Another name of an earlier entry.</summary>
    HardLink = 7,
}
