using System.Buffers;
using System.Text;
using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>The envelope: <c>[type, correlation, message]</c>.</summary>
/// <param name="Correlation">A reply carries the request's; 0 where none is expected.</param>
/// <param name="Body">The message's bytes.</param>
public readonly record struct InitPacket(MessageType Type, ulong Correlation, ReadOnlyMemory<byte> Body)
{
    public static void Write<T>(IBufferWriter<byte> output, ulong correlation, T message)
        where T : IInitMessage<T>
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(3);
        writer.Write((byte)T.Type);
        writer.Write(correlation);
        message.Write(ref writer);
        writer.Flush();
    }

    /// <summary>Takes the envelope apart; the body refers to <paramref name="bytes"/>.</summary>
    /// <returns>False for bytes that are no envelope.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out InitPacket packet)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.ReadArrayHeader() == 3)
            {
                var type = (MessageType)reader.ReadByte();
                ulong correlation = reader.ReadUInt64();
                packet = new InitPacket(type, correlation, bytes[(int)reader.Consumed..]);
                return true;
            }
        }
        catch (Exception e) when (IsMalformed(e))
        {
            // The answer is below.
        }

        packet = default;
        return false;
    }

    /// <summary>Reads the body as a message of kind <typeparamref name="T"/>.</summary>
    /// <returns>False for bytes that are no such message.</returns>
    public bool TryRead<T>(out T message)
        where T : IInitMessage<T>
    {
        try
        {
            var reader = new MessagePackReader(Body);
            message = T.Read(ref reader);
            return reader.End;
        }
        catch (Exception e) when (IsMalformed(e))
        {
            message = default!;
            return false;
        }
    }

    internal static bool IsMalformed(Exception e) =>
        e is MessagePackSerializationException or EndOfStreamException or OverflowException or DecoderFallbackException or ArgumentException;
}
