using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init: the exit is dealt with; forget the child. Not answered.</summary>
/// <param name="Child">The number from Spawned or Owned.</param>
public readonly record struct Acknowledge(ulong Child) : IInitMessage<Acknowledge>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.Acknowledge;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
    }

    public static Acknowledge Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Acknowledge(
            reader.ReadUInt64());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
