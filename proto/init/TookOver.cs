using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the caller is the service now, and every Owned and Stored message has been sent. What the instance before it handed over comes with it.</summary>
/// <param name="Names">The names of the packet's descriptors, in order; empty when the instance before it ended without handing over.</param>
public sealed record TookOver(IReadOnlyList<string> Names) : IInitMessage<TookOver>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.TookOver;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        Fields.Write(ref writer, Names);
    }

    public static TookOver Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new TookOver(
            Fields.TextList(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
