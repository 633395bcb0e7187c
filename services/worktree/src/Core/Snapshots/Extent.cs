namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A piece's place in a file; what no extent covers is a hole.</summary>
/// <param name="Offset">In the file.</param>
public readonly record struct Extent(long Offset, Piece Piece)
{
    public long End => Offset + Piece.Length;
}
