using System.Buffers;

namespace PvExec.Linux.Trees;

/// <summary>Bytes with a NUL behind them, for one call. Paths hold no NUL: the kernel would see a shorter one.</summary>
internal ref struct CString : IDisposable
{
    /// <summary>Enough for nearly every path, small enough for the stack.</summary>
    public const int StackBytes = 512;

    private readonly Span<byte> _bytes;
    private byte[]? _rented;

    public CString(ReadOnlySpan<byte> text, Span<byte> stack)
    {
        if (text.Contains((byte)0))
        {
            throw new ArgumentException($"'{PathText.Show(text)}' holds a NUL", nameof(text));
        }

        _bytes = text.Length < stack.Length ? stack : (_rented = ArrayPool<byte>.Shared.Rent(text.Length + 1));
        text.CopyTo(_bytes);
        _bytes[text.Length] = 0;
    }

    public readonly ref byte GetPinnableReference() => ref _bytes.GetPinnableReference();

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
