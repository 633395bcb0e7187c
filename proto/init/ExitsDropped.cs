using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>
/// From pv-init: so many exits of this service's children were forgotten before it acknowledged them, since too many
/// waited. Sent when it happens, or before Welcome when the service was away; each is counted in one message only.
/// </summary>
/// <param name="Count">At least 1.</param>
public readonly record struct ExitsDropped(long Count) : IInitMessage<ExitsDropped>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.ExitsDropped;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Count);
    }

    public static ExitsDropped Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new ExitsDropped(
            reader.ReadInt64());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
