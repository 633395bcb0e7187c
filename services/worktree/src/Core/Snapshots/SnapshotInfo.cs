namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>What the head says of a snapshot.</summary>
/// <param name="Id">The SHA-256 of the manifest's blob, which is its name.</param>
/// <param name="Entries">Of any type, the root included.</param>
/// <param name="ContentBytes">The files' sizes added up.</param>
public sealed record SnapshotInfo(Hash256 Id, DateTimeOffset Created, long Entries, long ContentBytes);
