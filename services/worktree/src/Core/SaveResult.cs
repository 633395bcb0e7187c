using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core;

/// <summary>How a save went.</summary>
/// <param name="Snapshot">The newest one: just made, or the one that already was when nothing had changed.</param>
/// <param name="Changed">Whether anything was uploaded.</param>
/// <param name="UploadedBytes">After compression.</param>
public sealed record SaveResult(SnapshotInfo Snapshot, bool Changed, long UploadedBytes, TimeSpan Elapsed);
