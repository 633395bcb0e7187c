namespace PvExec.Exec.Core.Output;

/// <summary>
/// One output stream of a run, by offset from its beginning. One thread writes; any number of readers, each at its own offset,
/// who wait for nobody and whom nobody waits for.
/// </summary>
public sealed class StreamLog(StreamWindow window, ChangeSignal changes)
{
    /// <summary>Guards the fields below; a leaf.</summary>
    private readonly Lock _lock = new();

    private IStreamBytes? _bytes;
    private long _length;
    private int _writers;
    private bool _isEnded;

    public StreamWindow Window { get; } = window;

    /// <summary>How many bytes were written, kept or not.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _length;
            }
        }
    }

    /// <summary>How many bytes are kept.</summary>
    public long KeptBytes
    {
        get
        {
            long length = Length;
            (long start, long end) = Window.Gap(length);
            return length - (end - start);
        }
    }

    /// <summary>Goes on with what is there already.</summary>
    /// <param name="bytes">Stays the caller's.</param>
    public void Open(IStreamBytes bytes)
    {
        long length = bytes.Length;
        lock (_lock)
        {
            (_bytes, _length) = (bytes, length);
        }

        // An earlier instance may have ended between the last write and the freeing.
        (long start, long end) = Window.Gap(length);
        if (end > start)
        {
            bytes.Free(start, end - start);
        }

        changes.Set();
    }

    /// <summary>The writer has put that many bytes at the end.</summary>
    public void Grow(int count)
    {
        long before, after;
        IStreamBytes? bytes;
        lock (_lock)
        {
            before = _length;
            after = _length += count;
            bytes = _bytes;
        }

        // Readers know of the gap before it is freed: Read looks again once it has read.
        (long Start, long End) gap = Window.Gap(after);
        if (bytes is not null && gap != Window.Gap(before))
        {
            bytes.Free(gap.Start, gap.End - gap.Start);
        }

        changes.Set();
    }

    /// <summary>One more can write: a pipe of the run's, or of what is started at its end.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _writers++;
            _isEnded = false;
        }
    }

    /// <summary>One less can write; without <see cref="Begin"/>: nobody can.</summary>
    public void End()
    {
        lock (_lock)
        {
            _writers = Math.Max(0, _writers - 1);
            _isEnded = _writers == 0;
        }

        changes.Set();
    }

    /// <summary>What is at that offset, at most as much as the buffer holds.</summary>
    public StreamPiece Read(long offset, Span<byte> buffer)
    {
        IStreamBytes? bytes;
        long length;
        lock (_lock)
        {
            if (_bytes is null || offset >= _length)
            {
                return _isEnded ? StreamPiece.End : StreamPiece.NothingYet;
            }

            (bytes, length) = (_bytes, _length);
        }

        (long start, long end) = Window.Gap(length);
        if (offset >= start && offset < end)
        {
            return StreamPiece.Gap(end - offset);
        }

        long until = offset < start ? Math.Min(start, length) : length;
        int count = bytes.Read(offset, buffer[..(int)Math.Min(buffer.Length, until - offset)]);
        (start, end) = Window.Gap(Length);
        return offset >= start && offset < end
            ? StreamPiece.Gap(end - offset)
            : count > 0 ? StreamPiece.Bytes(count) : StreamPiece.Gap(until - offset);
    }

    /// <summary>A copy from an offset on, up to the end, the first gap, or <paramref name="most"/> bytes.</summary>
    public byte[] Copy(long offset, long most)
    {
        var copy = new byte[Math.Clamp(Length - offset, 0, most)];
        int filled = 0;
        while (filled < copy.Length && Read(offset + filled, copy.AsSpan(filled)) is { Kind: StreamPieceKind.Bytes } piece)
        {
            filled += (int)piece.Length;
        }

        return filled == copy.Length ? copy : copy[..filled];
    }
}
