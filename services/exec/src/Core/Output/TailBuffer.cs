namespace PvExec.Exec.Core.Output;

/// <summary>The last bytes of a stream, and the number of all. Not safe for two threads.</summary>
public sealed class TailBuffer(int limitBytes)
{
    private byte[] _ring = [];

    /// <summary>How many bytes were written, kept or not.</summary>
    public long TotalBytes { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        Grow(bytes.Length);
        ReadOnlySpan<byte> last = bytes[^Math.Min(bytes.Length, _ring.Length)..];
        int at = (int)((TotalBytes + bytes.Length - last.Length) % _ring.Length);
        int untilEnd = Math.Min(last.Length, _ring.Length - at);
        last[..untilEnd].CopyTo(_ring.AsSpan(at));
        last[untilEnd..].CopyTo(_ring);
        TotalBytes += bytes.Length;
    }

    /// <summary>A copy of what is kept, at most <paramref name="mostBytes"/> from its end.</summary>
    public byte[] Last(int mostBytes = int.MaxValue)
    {
        var copy = new byte[(int)Math.Min(Math.Min(TotalBytes, _ring.Length), mostBytes)];
        long start = TotalBytes - copy.Length;
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = _ring[(start + i) % _ring.Length];
        }

        return copy;
    }

    /// <summary>While nothing has been dropped the ring starts at 0, so a larger one takes its content as it is.</summary>
    private void Grow(int more)
    {
        if (_ring.Length < limitBytes && TotalBytes + more > _ring.Length)
        {
            Array.Resize(ref _ring, (int)Math.Min(limitBytes, Math.Max(TotalBytes + more, 2L * _ring.Length)));
        }
    }
}
