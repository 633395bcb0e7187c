namespace PvExec.Exec.Core.Output;

/// <summary>What a run's processes write: two streams, kept while anybody holds them.</summary>
public sealed class RunOutput
{
    /// <summary>Guards the three fields below; a leaf.</summary>
    private readonly Lock _lock = new();

    private IStreamBytes[] _bytes = [];
    private int _holders = 1;
    private int _expected;
    private int _told;

    /// <summary>It is held once, by whoever makes it.</summary>
    /// <param name="isLossless">Whether one reader may be waited for.</param>
    public RunOutput(StreamWindow standard, StreamWindow error, bool isLossless = false)
    {
        Standard = new StreamLog(standard, Changes);
        Error = new StreamLog(error, Changes);
        Pace = isLossless ? new ReaderPace(Standard, Error) : null;
        Standard.Losing = TellOnce;
        Error.Losing = TellOnce;
    }

    public ChangeSignal Changes { get; } = new();

    public StreamLog Standard { get; }

    public StreamLog Error { get; }

    /// <summary>Null when no reader is ever waited for.</summary>
    public ReaderPace? Pace { get; }

    /// <summary>Its files are on disk, not in memory.</summary>
    public bool IsOnDisk { get; set; }

    public long KeptBytes => Standard.KeptBytes + Error.KeptBytes;

    public StreamLog this[OutputStream stream] => stream == OutputStream.Standard ? Standard : Error;

    /// <summary>Is told why, once, when something cannot be kept.</summary>
    public Action<IOException>? Losing { get; set; }

    /// <summary>How many hold it beside who made it, and are to come for it.</summary>
    public int Readers
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(0, _holders - 1) + _expected;
            }
        }
    }

    /// <summary>There is room for what will be written; what is there already counts.</summary>
    /// <param name="standard">Taken over.</param>
    /// <param name="error">Taken over.</param>
    /// <param name="standardLoss">What of it could not be kept.</param>
    /// <param name="errorLoss">What of it could not be kept.</param>
    public void Open(IStreamBytes standard, IStreamBytes error, StreamLoss standardLoss = default, StreamLoss errorLoss = default)
    {
        lock (_lock)
        {
            _bytes = [standard, error];
        }

        Standard.Open(standard, standardLoss);
        Error.Open(error, errorLoss);
    }

    /// <summary>Keeps the bytes until <see cref="Release"/>.</summary>
    /// <returns>False when they are gone already.</returns>
    public bool TryHold()
    {
        lock (_lock)
        {
            if (_holders == 0)
            {
                return false;
            }

            _holders++;
            _expected = Math.Max(0, _expected - 1);
            return true;
        }
    }

    /// <summary>So many holders are to come; each that comes is taken for one of them. A later call counts in place of an earlier one.</summary>
    public void Expect(int holders)
    {
        lock (_lock)
        {
            _expected = holders;
        }
    }

    /// <summary>Call it once for each hold; the last one frees the bytes.</summary>
    public void Release()
    {
        IStreamBytes[] bytes;
        lock (_lock)
        {
            if (--_holders > 0)
            {
                return;
            }

            bytes = _bytes;
        }

        foreach (IStreamBytes one in bytes)
        {
            one.Dispose();
        }
    }

    private void TellOnce(IOException why)
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            Losing?.Invoke(why);
        }
    }

    /// <summary>The end of standard error, at most <paramref name="most"/> bytes.</summary>
    public byte[] ErrorTail(int most)
    {
        long length = Error.Length;
        return Error.Copy(Math.Max(0, length - most), most);
    }
}
