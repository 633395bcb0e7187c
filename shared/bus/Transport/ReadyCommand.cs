using System.Buffers.Binary;
using System.Text;

namespace PvExec.Bus.Transport;

/// <summary>
/// What a peer says of itself at the end of its handshake: the command READY, with properties of a name (one byte of
/// length) and a value (four).
/// </summary>
internal static class ReadyCommand
{
    private const int MostIdentityBytes = 255;

    private static ReadOnlySpan<byte> Name => "\u0005READY"u8;

    /// <param name="identity">The peer's; empty when it has none.</param>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Check(ReadOnlySpan<byte> body, out byte[] identity)
    {
        identity = [];
        if (!body.StartsWith(Name))
        {
            return $"its handshake is '{Text(body)}' instead of READY";
        }

        ReadOnlySpan<byte> left = body[Name.Length..];
        bool hasType = false;
        while (!left.IsEmpty)
        {
            if (!TakeProperty(ref left, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
            {
                return "the properties in its READY are longer than READY is";
            }

            hasType |= name.SequenceEqual("Socket-Type"u8);
            if (name.SequenceEqual("Identity"u8))
            {
                identity = value.ToArray();
            }
        }

        // An identity that starts with 0 is one that a ROUTER makes up for a peer that has none.
        return !hasType ? "its READY does not say which type of socket it is"
            : identity.Length > MostIdentityBytes ? $"its identity has {identity.Length} bytes, more than {MostIdentityBytes}"
            : identity is [0, ..] ? "its identity starts with a zero byte"
            : null;
    }

    private static bool TakeProperty(ref ReadOnlySpan<byte> left, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        int nameBytes = left[0];
        if (nameBytes == 0 || left.Length < 1 + nameBytes + sizeof(uint))
        {
            return false;
        }

        name = left.Slice(1, nameBytes);
        left = left[(1 + nameBytes)..];
        uint valueBytes = BinaryPrimitives.ReadUInt32BigEndian(left);
        left = left[sizeof(uint)..];
        if (valueBytes > left.Length)
        {
            return false;
        }

        value = left[..(int)valueBytes];
        left = left[(int)valueBytes..];
        return true;
    }

    private static string Text(ReadOnlySpan<byte> body) =>
        string.Concat(Encoding.Latin1.GetString(body[..Math.Min(body.Length, 64)]).Select(c => char.IsBetween(c, ' ', '~') ? c : '.'));
}
