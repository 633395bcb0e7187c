using System.Buffers.Binary;
using PvExec.Kernel;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>Reads a blob's body; whatever does not fit ends in a <see cref="FaultException"/> of kind DataLoss that names the blob.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string blob)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if (count > _rest.Length)
        {
            throw Damaged($"{what} goes beyond its end");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte(string what) => Bytes(1, what)[0];

    public Hash256 Hash(string what) => Hash256.Read(Bytes(Hash256.Bytes, what));

    public long Int64(string what) => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8, what));

    /// <summary>LEB128 of up to 63 bits.</summary>
    public long Number(string what, long most = long.MaxValue)
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Byte(what);
            if (shift > 56)
            {
                throw Damaged($"{what} is longer than a number can be");
            }

            value |= (long)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value <= most ? value : throw Damaged($"{what} is {value}, more than {most}");
            }
        }
    }

    /// <summary>A number that may be negative: zigzag LEB128.</summary>
    public long Signed(string what)
    {
        long value = Number(what);
        return (value >> 1) ^ -(value & 1);
    }

    /// <summary>How many items follow; each takes at least <paramref name="itemBytes"/>, so that no count makes us allocate what is not there.</summary>
    public int Count(string what, int itemBytes) => (int)Number(what, Remaining / itemBytes);

    /// <summary>A length and as many bytes.</summary>
    public ByteString Text(string what, int most) => new(Bytes((int)Number(what, most), what).ToArray());

    public readonly FaultException Damaged(string what) => new(Damage.Fault(blob, what));
}
