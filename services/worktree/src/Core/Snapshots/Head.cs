namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>The one blob of a worktree that is ever replaced.</summary>
/// <param name="Worktree">Its id.</param>
/// <param name="Snapshots">Newest first.</param>
public sealed record Head(string Worktree, IReadOnlyList<SnapshotInfo> Snapshots)
{
    public SnapshotInfo? Latest => Snapshots.Count > 0 ? Snapshots[0] : null;
}
