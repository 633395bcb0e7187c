using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using PvExec.Kernel;

namespace PvExec.Proto.Bus;

/// <summary>Envelopes and messages to bytes and back. Nothing that arrives makes it throw.</summary>
public static class BusCodec
{
    private const int StableFields = 3;
    private const int Fields = 6;

    // uint 64, so that the time to live is as long in every envelope.
    private const byte TimeToLiveFormat = 0xCF;

    public static byte[] Encode<T>(T message, ulong correlation, TimeSpan? timeToLive, string? traceParent)
        where T : IBusMessage<T> =>
        Encode(new Envelope(Envelope.CurrentVersion, T.Kind, correlation, null, traceParent, EncodeBody(message), timeToLive));

    /// <summary>Writes another time to live into an envelope that was encoded with one: what is sent again has less time left.</summary>
    public static void SetTimeToLive(Span<byte> encoded, TimeSpan timeToLive)
    {
        Span<byte> field = encoded[^(1 + sizeof(ulong))..];
        if (field[0] != TimeToLiveFormat)
        {
            throw new ArgumentException("this envelope was encoded without a time to live", nameof(encoded));
        }

        BinaryPrimitives.WriteUInt64BigEndian(field[1..], Milliseconds(timeToLive));
    }

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
        writer.WriteArrayHeader(envelope.TimeToLive is null ? Fields : Fields + 1);
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
        if (envelope.TimeToLive is { } timeToLive)
        {
            writer.WriteUInt64(Milliseconds(timeToLive));
        }

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
            TimeSpan? timeToLive = fields > Fields ? ReadTimeToLive(ref reader) : null;
            return new Envelope(version, kind, correlation, deadline, traceParent, body is { } b ? b.ToArray() : default(ReadOnlyMemory<byte>), timeToLive);
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

    private static TimeSpan? ReadTimeToLive(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadTimeToLive();

    // Rounded up: what has some time left is not too late.
    private static ulong Milliseconds(TimeSpan timeToLive) => timeToLive > TimeSpan.Zero ? (ulong)Math.Ceiling(timeToLive.TotalMilliseconds) : 0;

    private static DateTimeOffset? ReadDeadline(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadTime();

    // What MessagePackReader throws for bytes that are not what was asked for.
    private static bool IsMalformed(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or InvalidOperationException;
}
