using System.Buffers;
using System.Buffers.Binary;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>Writes what <see cref="ByteReader"/> reads.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Bytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Hash(Hash256 hash)
    {
        hash.Write(_buffer.GetSpan(Hash256.Bytes));
        _buffer.Advance(Hash256.Bytes);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <param name="value">Not negative.</param>
    public void Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    /// <param name="value">Within 62 bits.</param>
    public void Signed(long value) => Number((value << 1) ^ (value >> 63));

    public void Text(ReadOnlySpan<byte> text)
    {
        Number(text.Length);
        Bytes(text);
    }
}
