using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Grpc.Core;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Server;
using PvExec.Http2.Sessions;

namespace PvExec.Hosting.Unary;

/// <summary>The answer of a call: its message, framed, and then how the call ended.</summary>
internal sealed class UnaryAnswer(ServerCall call) : SerializationContext
{
    /// <summary>A larger message is written in pieces.</summary>
    private const int MostAtOnce = 64 * 1024;

    /// <summary>The message was begun: a status alone cannot be sent any more.</summary>
    public bool HasBegun { get; private set; }

    public override void SetPayloadLength(int payloadLength)
    {
        if (payloadLength > Daemon.MaxMessageBytes)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"{call.Path}: at most {Daemon.MaxMessageBytes} bytes are sent in one message, and this one has {payloadLength}"));
        }

        Span<byte> prefix = call.Output.GetSpan(UnaryRequest.PrefixBytes + Math.Min(payloadLength, MostAtOnce));
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], payloadLength);
        call.Output.Advance(UnaryRequest.PrefixBytes);
        HasBegun = true;
    }

    public override IBufferWriter<byte> GetBufferWriter() =>
        HasBegun ? call.Output : throw new InvalidOperationException("the length of a message comes before the message");

    public override void Complete()
    {
        // What was written is the message.
    }

    public override void Complete(byte[] payload)
    {
        SetPayloadLength(payload.Length);
        call.Output.Write(payload);
    }

    /// <summary>Sends the message, if there is one, and the status with what the method says beside it.</summary>
    public void End(Status status, Metadata trailers)
    {
        HeaderBlock header = new(), end = HasBegun ? new() : header;
        header.Add(":status"u8, "200"u8);
        header.Add("content-type"u8, "application/grpc"u8);
        Span<byte> code = stackalloc byte[2];
        ((int)status.StatusCode).TryFormat(code, out int length, default, CultureInfo.InvariantCulture);
        end.Add("grpc-status"u8, code[..length]);
        if (status.Detail.Length > 0)
        {
            end.Add("grpc-message"u8, Encoding.ASCII.GetBytes(GrpcMessage.Encode(status.Detail)));
        }

        foreach (Metadata.Entry trailer in trailers)
        {
            end.Add(FieldTexts.Bytes(trailer.Key), Encoding.ASCII.GetBytes(trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value));
        }

        call.Complete(header, HasBegun ? end : null);
    }
}
