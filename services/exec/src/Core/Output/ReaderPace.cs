namespace PvExec.Exec.Core.Output;

/// <summary>
/// The one reader that a run waits for: the caller that wants every byte. What the run writes is only taken out of its pipes while
/// that reader is not far behind, so the run's own writes wait. Nobody else is waited for, and nobody else waits.
/// </summary>
/// <remarks>
/// How long it is waited for is up to those who read: nobody is, once the reader is gone, or has not come.
/// </remarks>
public sealed class ReaderPace(StreamLog standard, StreamLog error)
{
    /// <summary>How far behind the reader may be before the run waits, beside the head that is kept in any case.</summary>
    public const long LagBytes = 1024 * 1024;

    /// <summary>
    /// How much of the end is kept at least: what the reader is behind, a pipe's content, which is read at the run's end in any case, and
    /// what may lie in connections when they break and the reader comes again.
    /// </summary>
    public const long TailBytes = 8 * LagBytes;

    /// <summary>Guards the field below; under it the lock of a stream is taken.</summary>
    private readonly Lock _lock = new();

    /// <summary>Null: nobody.</summary>
    private Reader? _reader;

    /// <summary>A reader will come, which has read nothing as far as is known.</summary>
    public void Expect() => Set(new Reader(this) { IsExpected = true }, 0, 0);

    /// <summary>A reader has come. It is the one that is waited for from now on, until it is disposed of.</summary>
    /// <param name="standardOffset">Of the next byte that it reads.</param>
    /// <param name="errorOffset">As the other one.</param>
    public Reader Come(long standardOffset, long errorOffset)
    {
        var reader = new Reader(this);
        Set(reader, standardOffset, errorOffset);
        return reader;
    }

    /// <summary>Nobody comes any more. One that has come is still waited for.</summary>
    public void ExpectNoLonger()
    {
        lock (_lock)
        {
            if (_reader is { IsExpected: true } expected)
            {
                Leave(expected);
            }
        }
    }

    private void Set(Reader reader, long standardOffset, long errorOffset)
    {
        lock (_lock)
        {
            _reader = reader;
            standard.Pace(standardOffset);
            error.Pace(errorOffset);
        }
    }

    private void Advance(Reader reader, long standardOffset, long errorOffset)
    {
        lock (_lock)
        {
            if (_reader == reader)
            {
                standard.Pace(standardOffset);
                error.Pace(errorOffset);
            }
        }
    }

    private void Leave(Reader reader)
    {
        lock (_lock)
        {
            if (_reader == reader)
            {
                _reader = null;
                standard.Pace(StreamLog.NoPace);
                error.Pace(StreamLog.NoPace);
            }
        }
    }

    /// <summary>A reader, for as long as it is waited for.</summary>
    public sealed class Reader : IDisposable
    {
        private readonly ReaderPace _pace;

        internal Reader(ReaderPace pace) => _pace = pace;

        internal bool IsExpected { get; init; }

        /// <summary>It has read up to there.</summary>
        public void Advance(long standardOffset, long errorOffset) => _pace.Advance(this, standardOffset, errorOffset);

        /// <summary>It is waited for no longer.</summary>
        public void Dispose() => _pace.Leave(this);
    }
}
