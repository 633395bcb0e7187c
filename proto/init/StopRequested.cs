using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the whole system stops.</summary>
/// <param name="MillisecondsLeft">Until the service is killed.</param>
public sealed record StopRequested(int MillisecondsLeft) : IInitMessage<StopRequested>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.StopRequested;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(MillisecondsLeft);
    }

    public static StopRequested Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new StopRequested(
            reader.ReadInt32());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
