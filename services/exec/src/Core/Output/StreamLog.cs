namespace PvExec.Exec.Core.Output;

/// <summary>
/// One output stream of a run, by offset from its beginning. One thread writes; any number of readers, each at its own offset,
/// who wait for nobody and whom nobody waits for, but for one where a <see cref="ReaderPace"/> says so.
/// </summary>
public sealed partial class StreamLog(StreamWindow window, ChangeSignal changes)
{
    /// <summary>Guards the fields below, and those of the pace; a leaf.</summary>
    private readonly Lock _lock = new();

    private IStreamBytes? _bytes;
    private long _length;
    private StreamLoss _loss;
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
            (long length, StreamLoss loss) = Extent;
            (long start, long end) = Window.Gap(length);
            return length - (end - start) - loss.BytesBeside(start, end, length);
        }
    }

    /// <summary>Nobody can write any more.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _isEnded;
            }
        }
    }

    /// <summary>The part that could not be kept.</summary>
    public StreamLoss Loss => Extent.Loss;

    /// <summary>Has every change of <see cref="Loss"/> outlive this service, before it takes effect. For the writer, as the next one.</summary>
    public Action<StreamLoss>? NoteLoss { get; set; }

    /// <summary>Is told why, each time that something cannot be kept any more.</summary>
    public Action<IOException>? Losing { get; set; }

    private IStreamBytes? Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    private (long Length, StreamLoss Loss) Extent
    {
        get
        {
            lock (_lock)
            {
                return (_length, _loss);
            }
        }
    }

    /// <summary>Goes on with what is there already.</summary>
    /// <param name="bytes">Stays the caller's.</param>
    /// <param name="loss">What of it could not be kept.</param>
    public void Open(IStreamBytes bytes, StreamLoss loss = default)
    {
        long length = bytes.Length;
        lock (_lock)
        {
            (_bytes, _length, _loss) = (bytes, length, bytes.IsDropped ? new StreamLoss(0, length) : loss);
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

    /// <summary>What comes from now on cannot be kept. What was kept after an earlier loss is lost too: there is one part that is missing, and what is last is worth more.</summary>
    public void Lose(IOException why)
    {
        (long length, StreamLoss before) = Extent;
        if (before.IsGoingOn)
        {
            return;
        }

        Set(before.Reopen(length));
        if (before.Length > 0 && length > before.End)
        {
            Bytes?.Free(before.End, length - before.End);
        }

        Losing?.Invoke(why);
    }

    /// <summary>What comes next may be kept again; if not, <see cref="Lose"/> says so.</summary>
    public void TryAgain()
    {
        (long length, StreamLoss loss) = Extent;
        if (loss.IsGoingOn)
        {
            Set(loss.Close(length));
        }
    }

    /// <summary>Gives all of it back: for readers a gap. Call it when it is ended.</summary>
    public void Drop()
    {
        IStreamBytes? bytes;
        lock (_lock)
        {
            bytes = _bytes;
            _loss = new StreamLoss(0, _length);
        }

        // As in Grow: readers know before anything is freed.
        bytes?.Drop();
    }

    private void Set(StreamLoss loss)
    {
        NoteLoss?.Invoke(loss);
        lock (_lock)
        {
            _loss = loss;
        }
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

        StreamLoss loss = Loss;
        if (Missing(offset, length, loss) is var missing and > 0)
        {
            return StreamPiece.Gap(missing);
        }

        long start = Window.Gap(length).Start;
        long until = offset < start ? Math.Min(start, length) : length;
        until = offset < loss.Start ? Math.Min(until, loss.Start) : until;
        int count = bytes.Read(offset, buffer[..(int)Math.Min(buffer.Length, until - offset)]);

        // What was read may have been freed meanwhile.
        (length, loss) = Extent;
        missing = Missing(offset, length, loss);
        return missing > 0 ? StreamPiece.Gap(missing) : count > 0 ? StreamPiece.Bytes(count) : StreamPiece.Gap(until - offset);
    }

    /// <returns>How many bytes from the offset on are not kept, 0 when that one is.</returns>
    private long Missing(long offset, long length, StreamLoss loss)
    {
        (long start, long end) = Window.Gap(length);
        return offset >= start && offset < end ? end - offset
            : offset >= loss.Start && offset < loss.EndAt(length) ? loss.EndAt(length) - offset : 0;
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
