using System.Runtime.InteropServices;

namespace PvExec.Http2.Native;

/// <summary>The start of <c>nghttp2_frame</c>, as far as it is read here.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct Frame
{
    public const byte Data = 0, Headers = 1, Ping = 6, GoAway = 7;
    public const byte EndStream = 1, Ack = 1;

    [FieldOffset(8)]
    public int stream_id;

    [FieldOffset(12)]
    public byte type;

    [FieldOffset(13)]
    public byte flags;

    /// <summary>Of a PING (<c>nghttp2_ping</c>): its eight bytes.</summary>
    [FieldOffset(16)]
    public ulong opaque_data;
}
