using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A SHA-256 value.</summary>
public readonly record struct Hash256(ulong A, ulong B, ulong C, ulong D)
{
    public const int Bytes = 32;

    public static Hash256 Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(content, hash);
        return Read(hash);
    }

    /// <param name="bytes">32 bytes.</param>
    public static Hash256 Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    /// <param name="bytes">Room for 32 bytes.</param>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    /// <summary>64 lower-case hexadecimal digits, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash256 hash)
    {
        hash = default;
        if (text.Length != 2 * Bytes || text.ContainsAnyExcept("0123456789abcdef"))
        {
            return false;
        }

        hash = new Hash256(Part(text, 0), Part(text, 16), Part(text, 32), Part(text, 48));
        return true;

        static ulong Part(ReadOnlySpan<char> text, int at) => ulong.Parse(text.Slice(at, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";
}
