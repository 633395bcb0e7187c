namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A stretch of content, and where it is.</summary>
/// <param name="Hash">Of the content.</param>
/// <param name="Length">In bytes, at least 1.</param>
/// <param name="Pack">The pack that holds it.</param>
/// <param name="Offset">In the decompressed pack.</param>
public sealed record Piece(Hash256 Hash, int Length, Pack Pack, int Offset);
