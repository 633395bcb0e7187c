namespace PvExec.Worktrees.Core.Places;

/// <summary>What stands at the mount point when the service starts.</summary>
public enum PlaceState
{
    /// <summary>Nothing, or an empty directory.</summary>
    Empty,
    /// <summary>Something that is no directory.</summary>
    NotADirectory,
    /// <summary>A tmpfs of ours with this worktree: the service was restarted.</summary>
    OwnMemory,
    /// <summary>A tmpfs of ours with another worktree.</summary>
    OtherMemory,
    /// <summary>A directory marked as holding this worktree.</summary>
    OwnDirectory,
    /// <summary>A directory marked as being filled with this or another worktree: a load that did not end.</summary>
    Loading,
    /// <summary>A directory marked as holding another worktree.</summary>
    OtherDirectory,
    /// <summary>A directory with something in it that is not ours.</summary>
    Foreign,
}
