namespace PvExec.Kernel.Configuration;

/// <summary>What holds the worktree.</summary>
public enum WorktreeMode
{
    /// <summary>Memory where this process may mount a tmpfs, else a directory.</summary>
    Auto,

    /// <summary>A tmpfs mounted at the mount point.</summary>
    Memory,

    /// <summary>The mount point as a plain directory.</summary>
    Directory,
}
