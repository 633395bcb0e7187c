using System.Text;

namespace PvExec.Front.Core;

/// <summary>Tells gRPC from whatever else arrives at a port.</summary>
public static class GrpcContentType
{
    /// <summary>
    /// True for <c>application/grpc</c>, with a message format behind <c>+</c> or parameters behind <c>;</c>; not for
    /// <c>application/grpc-web</c>, which is another protocol.
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> contentType) =>
        contentType.Length >= Plain.Length
        && Ascii.EqualsIgnoreCase(contentType[..Plain.Length], Plain)
        && (contentType.Length == Plain.Length || contentType[Plain.Length] is (byte)'+' or (byte)';' or (byte)' ');

    public static ReadOnlySpan<byte> Plain => "application/grpc"u8;
}
