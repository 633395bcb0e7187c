using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: it was not done.</summary>
/// <param name="Kind">A <c>FaultKind</c> of the kernel library.</param>
/// <param name="Detail">One sentence.</param>
public readonly record struct Failed(int Kind, string Detail) : IInitMessage<Failed>
{
    private const int FieldCount = 2;

    public static MessageType Type => MessageType.Failed;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Kind);
        writer.Write(Detail);
    }

    public static Failed Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Failed(
            reader.ReadInt32(),
            Fields.Text(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
