namespace PvExec.Front.Core;

/// <summary>Tells gRPC from whatever else arrives at a port.</summary>
public static class GrpcContentType
{
    public const string Plain = "application/grpc";

    /// <summary>
    /// True for <c>application/grpc</c>, with a message format behind <c>+</c> or parameters behind <c>;</c>; not for
    /// <c>application/grpc-web</c>, which is another protocol.
    /// </summary>
    public static bool Matches(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(Plain, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == Plain.Length || contentType[Plain.Length] is '+' or ';' or ' ');
}
