using System.Runtime.CompilerServices;
using System.Text;
using PvExec.Kernel;

namespace PvExec.Init;

/// <summary>An interpolated string as the bytes of one line, in memory that is used again: writing a line allocates nothing. One at a time in a thread.</summary>
[InterpolatedStringHandler]
internal ref struct LogText
{
    private const int Room = 1024;

    [ThreadStatic]
    private static byte[]? t_bytes;

    private byte[] _bytes;
    private int _length;

    /// <param name="literalLength">Of the texts between the values.</param>
    /// <param name="formattedCount">How many values.</param>
    public LogText(int literalLength, int formattedCount)
    {
        _bytes = t_bytes ??= new byte[Math.Max(Room, literalLength + (formattedCount * 16))];
        AppendUtf8("pv-init: "u8);
    }

    /// <summary>The line with its end. A value that had line ends has spaces in their places.</summary>
    public ReadOnlySpan<byte> ToLine()
    {
        int kept = 0;
        for (int i = 0; i < _length; i++)
        {
            byte one = _bytes[i];
            if (one == '\r' && i + 1 < _length && _bytes[i + 1] == '\n')
            {
                continue;
            }

            _bytes[kept++] = one is (byte)'\n' or (byte)'\r' or (byte)'\f' ? (byte)' ' : one;
        }

        _length = kept;
        AppendUtf8("\n"u8);
        return _bytes.AsSpan(0, _length);
    }

    public void AppendLiteral(string text) => AppendFormatted(text);

    public void AppendFormatted(string? text)
    {
        int written;
        while (!Encoding.UTF8.TryGetBytes(text, _bytes.AsSpan(_length), out written))
        {
            Grow();
        }

        _length += written;
    }

    public void AppendFormatted(ExitStatus status)
    {
        AppendUtf8(status.Code is null ? "signal "u8 : "exit code "u8);
        AppendFormatted(status.Code ?? status.Signal.GetValueOrDefault());
        AppendUtf8(status.CoreDumped ? ", core dumped"u8 : []);
    }

    public void AppendFormatted<T>(T value, ReadOnlySpan<char> format = default)
        where T : struct, IUtf8SpanFormattable
    {
        int written;
        while (!value.TryFormat(_bytes.AsSpan(_length), out written, format, System.Globalization.CultureInfo.InvariantCulture))
        {
            Grow();
        }

        _length += written;
    }

    private void AppendUtf8(ReadOnlySpan<byte> bytes)
    {
        while (_bytes.Length - _length < bytes.Length)
        {
            Grow();
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Grow()
    {
        Array.Resize(ref _bytes, _bytes.Length * 2);
        t_bytes = _bytes;
    }
}
