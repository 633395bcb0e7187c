namespace PvExec.Exec.Core.Output;

/// <summary>What is kept of a run's output: the head of its standard output and the tail of its standard error.</summary>
public sealed class RunOutput(int standardLimitBytes) : IOutputSink
{
    /// <summary>Enough for a stack trace or a compiler's complaints.</summary>
    public const int ErrorTailBytes = 64 * 1024;

    /// <summary>Guards both buffers; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly HeadBuffer _standard = new(standardLimitBytes);
    private readonly TailBuffer _error = new(ErrorTailBytes);

    /// <summary>How many bytes came on standard error.</summary>
    public long ErrorBytes
    {
        get
        {
            lock (_lock)
            {
                return _error.TotalBytes;
            }
        }
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (stream == OutputStream.Standard)
            {
                _standard.Write(bytes);
            }
            else
            {
                _error.Write(bytes);
            }
        }
    }

    /// <summary>The standard output so far, and how many bytes it has in all: more when its end was not kept.</summary>
    /// <remarks>What is written later does not change the bytes handed out: the buffer only grows behind them.</remarks>
    public (ReadOnlyMemory<byte> Bytes, long TotalBytes) Standard()
    {
        lock (_lock)
        {
            return (_standard.Bytes, _standard.TotalBytes);
        }
    }

    /// <summary>The end of standard error, at most <paramref name="mostBytes"/>.</summary>
    public byte[] ErrorTail(int mostBytes = int.MaxValue)
    {
        lock (_lock)
        {
            return _error.Last(mostBytes);
        }
    }
}
