using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init: send a signal. Answered by Done, also when the child has ended, or by Failed.</summary>
/// <param name="Child">The number from Spawned or Owned.</param>
/// <param name="Number">As in signal(7).</param>
/// <param name="Scope">0: the child; 1: its process group; 2: it and all its descendants.</param>
public readonly record struct Signal(ulong Child, int Number, int Scope) : IInitMessage<Signal>
{
    private const int FieldCount = 3;

    public static MessageType Type => MessageType.Signal;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
        writer.Write(Number);
        writer.Write(Scope);
    }

    public static Signal Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Signal(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            reader.ReadInt32());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
