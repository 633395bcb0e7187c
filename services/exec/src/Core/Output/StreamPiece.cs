namespace PvExec.Exec.Core.Output;

/// <summary>What a reader of a stream finds at an offset.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Of the bytes or the gap; 0 otherwise.</param>
public readonly record struct StreamPiece(StreamPieceKind Kind, long Length)
{
    public static readonly StreamPiece NothingYet = new(StreamPieceKind.NothingYet, 0);

    public static readonly StreamPiece End = new(StreamPieceKind.End, 0);

    public static StreamPiece Bytes(int count) => new(StreamPieceKind.Bytes, count);

    public static StreamPiece Gap(long length) => new(StreamPieceKind.Gap, length);
}
