using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: a new instance waits to take this one's place. Answered by HandedOver.</summary>
/// <param name="MillisecondsLeft">Until this instance is killed, and the new one goes on as after a crash.</param>
public sealed record HandOverRequested(int MillisecondsLeft) : IInitMessage<HandOverRequested>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.HandOverRequested;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(MillisecondsLeft);
    }

    public static HandOverRequested Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new HandOverRequested(
            reader.ReadInt32());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
