using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;
using PvExec.Hosting.Server;

namespace PvExec.Hosting.Unary;

/// <summary>The one message of a request, as gRPC frames it: a byte for compression, the length, the message.</summary>
internal sealed class UnaryRequest(ReadOnlySequence<byte> message) : DeserializationContext
{
    public const int PrefixBytes = 5;

    public override int PayloadLength => (int)message.Length;

    /// <summary>Whether the header asks for nothing that only the library knows.</summary>
    public static bool IsUsual(ServerCall call) =>
        call.Method == "POST"
        && call.RequestHeader("Content-Type") is "application/grpc" or "application/grpc+proto"
        && call.RequestHeader("grpc-encoding") is "" or "identity";

    /// <returns>Null when that is not all of the request, or not all of it is there.</returns>
    public static UnaryRequest? TryFrame(in ReadResult body)
    {
        ReadOnlySequence<byte> bytes = body.Buffer;
        ReadOnlySpan<byte> prefix = bytes.FirstSpan;
        return body.IsCompleted && prefix.Length >= PrefixBytes && prefix[0] == 0
            && BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]) == bytes.Length - PrefixBytes && bytes.Length - PrefixBytes <= Daemon.MaxMessageBytes
                ? new UnaryRequest(bytes.Slice(PrefixBytes))
                : null;
    }

    public override byte[] PayloadAsNewBuffer() => message.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => message;
}
