using System.Buffers.Binary;
using System.Text;

namespace PvExec.Bus.Tests.Support;

/// <summary>ZMTP 3 as a peer writes it, byte by byte.</summary>
internal static class ZmtpBytes
{
    public static readonly byte[] Signature = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];

    public static readonly byte[] Greeting = [.. Signature, 3, 0, .. Encoding.ASCII.GetBytes("NULL"), .. new byte[48]];

    /// <summary>Greeting and READY of a DEALER.</summary>
    public static byte[] Handshake => [.. Greeting, .. Ready("DEALER")];

    public static byte[] Ready(string socketType, string? identity = null) => Command([
        .. Name("READY"),
        .. Property("Socket-Type", socketType),
        .. identity is null ? [] : Property("Identity", identity)]);

    public static byte[] Property(string name, string value) => [.. Name(name), .. UInt32(value.Length), .. Encoding.Latin1.GetBytes(value)];

    public static byte[] Name(string name) => [(byte)name.Length, .. Encoding.Latin1.GetBytes(name)];

    public static byte[] Command(byte[] body) => Frame(4, body);

    public static byte[] Message(params byte[][] frames) =>
        [.. frames.SelectMany((frame, i) => Frame((byte)(i + 1 < frames.Length ? 1 : 0), frame))];

    public static byte[] Frame(byte flags, byte[] body) =>
        body.Length < 256 ? [flags, (byte)body.Length, .. body] : [(byte)(flags | 2), .. UInt64((ulong)body.Length), .. body];

    public static byte[] UInt64(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] UInt32(int value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
