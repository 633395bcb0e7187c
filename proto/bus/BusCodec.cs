using System.Buffers;
using MessagePack;
using PvExec.Kernel;

namespace PvExec.Proto.Bus;

/// <summary>Envelopes and messages to bytes and back. Nothing that arrives makes it throw.</summary>
public static class BusCodec
{
    private const int StableFields = 3;
    private const int Fields = 6;

    public static byte[] Encode<T>(T message, ulong correlation, DateTimeOffset? deadline, string? traceParent)
        where T : IBusMessage<T> => Encode(new Envelope(Envelope.CurrentVersion, T.Kind, correlation, deadline, traceParent, EncodeBody(message)));

    /// <summary>What goes into an envelope.</summary>
    public static ReadOnlyMemory<byte> EncodeBody<T>(T message)
        where T : IBusMessage<T>
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        message.Write(ref writer);
        writer.Flush();
        return body.WrittenMemory;
    }

    public static byte[] Encode(Envelope envelope)
    {
        var buffer = new ArrayBufferWriter<byte>(envelope.Body.Length + 64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write(envelope.Version);
        writer.Write(envelope.Kind);
        writer.Write(envelope.Correlation);
        if (envelope.Deadline is { } deadline)
        {
            writer.Write(deadline.ToUnixTimeMilliseconds());
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write(envelope.TraceParent);
        writer.Write(envelope.Body.Span);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The envelope; of another version only the stable fields.</summary>
    /// <returns>InvalidArgument when these bytes are no envelope.</returns>
    public static Outcome<Envelope> Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int fields = reader.ReadFields(StableFields);
            int version = reader.ReadInt32();
            string kind = reader.ReadText();
            ulong correlation = reader.ReadUInt64();
            if (version != Envelope.CurrentVersion)
            {
                return new Envelope(version, kind, correlation, null, null, default);
            }

            if (fields < Fields)
            {
                return new Fault(FaultKind.InvalidArgument, $"the bus envelope of '{kind}' has {fields} fields instead of {Fields}");
            }

            DateTimeOffset? deadline = ReadDeadline(ref reader);
            string? traceParent = reader.ReadString();
            ReadOnlySequence<byte>? body = reader.ReadBytes();
            return new Envelope(version, kind, correlation, deadline, traceParent, body is { } b ? b.ToArray() : default(ReadOnlyMemory<byte>));
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return new Fault(FaultKind.InvalidArgument, $"{bytes.Length} bytes on the bus are no envelope: {e.Message}");
        }
    }

    /// <summary>The message in the envelope.</summary>
    /// <returns>InvalidArgument when the body is not one of that kind.</returns>
    public static Outcome<T> Body<T>(Envelope envelope)
        where T : IBusMessage<T>
    {
        if (envelope.Kind != T.Kind)
        {
            return new Fault(FaultKind.InvalidArgument, $"the bus message is '{envelope.Kind}', not '{T.Kind}'");
        }

        try
        {
            var reader = new MessagePackReader(envelope.Body);
            return T.Read(ref reader);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return new Fault(FaultKind.InvalidArgument, $"the body of the bus message '{envelope.Kind}' cannot be read: {e.Message}");
        }
    }

    private static DateTimeOffset? ReadDeadline(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadTime();

    // What MessagePackReader throws for bytes that are not what was asked for.
    private static bool IsMalformed(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or InvalidOperationException;
}
