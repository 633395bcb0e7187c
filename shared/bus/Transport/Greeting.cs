namespace PvExec.Bus.Transport;

/// <summary>The start of a ZMTP connection: https://rfc.zeromq.org/spec/23/.</summary>
internal static class Greeting
{
    /// <summary>FF, eight bytes of padding, 7F.</summary>
    public const int SignatureBytes = 10;

    /// <summary>Whether these first bytes of a peer are the signature, which every ZMTP 2 and 3 peer sends in one piece.</summary>
    public static bool IsSignature(ReadOnlySpan<byte> start) =>
        start.Length == SignatureBytes && start[0] == 0xFF && (start[SignatureBytes - 1] & 1) == 1;
}
