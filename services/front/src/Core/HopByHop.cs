namespace PvExec.Front.Core;

/// <summary>Fields that speak of one connection and are not passed on to the next (RFC 9110 section 7.6.1). Peers of HTTP/2 may not send most of them at all.</summary>
public static class HopByHop
{
    /// <param name="name">In lower case. <c>te</c> is none here: gRPC has it sent to the service.</param>
    public static bool Is(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 => name.SequenceEqual("upgrade"u8),
        10 => name.SequenceEqual("connection"u8) || name.SequenceEqual("keep-alive"u8),
        16 => name.SequenceEqual("proxy-connection"u8),
        17 => name.SequenceEqual("transfer-encoding"u8),
        _ => false,
    };
}
