using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: it was done.</summary>
public readonly record struct Done : IInitMessage<Done>
{
    public static MessageType Type => MessageType.Done;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(0);
    }

    public static Done Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, 0);
        Fields.End(ref reader, count, 0);
        return new Done();
    }
}
