namespace PvExec.Exec.Core.Output;

/// <summary>The one part of a stream that could not be kept, because there was no place for it.</summary>
/// <param name="Start">Of its first byte.</param>
/// <param name="End">Of the first byte behind it; <see cref="Open"/> while nothing can be kept. As <paramref name="Start"/> when nothing was lost.</param>
public readonly record struct StreamLoss(long Start, long End)
{
    /// <summary>In place of an end: everything up to the end of the stream.</summary>
    public const long Open = long.MaxValue;

    public bool IsGoingOn => End == Open;

    public long Length => End - Start;

    /// <summary>What was lost before, what was kept in between, and all that comes.</summary>
    public StreamLoss Reopen(long length) => new(Length > 0 ? Start : length, Open);

    public StreamLoss Close(long length) => this with { End = length };

    public long EndAt(long length) => Math.Min(End, length);

    /// <summary>How many bytes of it lie outside another part that is missing.</summary>
    public long BytesBeside(long start, long end, long length)
    {
        long last = EndAt(length);
        long common = Math.Max(0, Math.Min(last, end) - Math.Max(Start, start));
        return Math.Max(0, last - Start) - common;
    }
}
