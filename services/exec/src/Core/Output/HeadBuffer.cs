namespace PvExec.Exec.Core.Output;

/// <summary>The first bytes of a stream up to a limit, and the number of all. Not safe for two threads.</summary>
public sealed class HeadBuffer(int limitBytes)
{
    private byte[] _bytes = [];
    private int _kept;

    /// <summary>How many bytes were written, kept or not.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Whether something was left out.</summary>
    public bool IsCut => TotalBytes > _kept;

    /// <summary>What was kept. A later write does not change it.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _kept);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        TotalBytes += bytes.Length;
        int taken = Math.Min(bytes.Length, limitBytes - _kept);
        if (taken <= 0)
        {
            return;
        }

        if (_kept + taken > _bytes.Length)
        {
            int size = (int)Math.Min(limitBytes, Math.Max(_kept + taken, Math.Max(512, 2L * _bytes.Length)));
            Array.Resize(ref _bytes, size);
        }

        bytes[..taken].CopyTo(_bytes.AsSpan(_kept));
        _kept += taken;
    }
}
