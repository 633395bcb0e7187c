using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init, from the instance that was asked by HandOverRequested: it decides nothing any more. The named descriptors come with it. Not answered.</summary>
/// <param name="Names">The names of the packet's descriptors, in order; pv-init passes them on and does not look at them.</param>
public sealed record HandedOver(IReadOnlyList<string> Names) : IInitMessage<HandedOver>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.HandedOver;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        Fields.Write(ref writer, Names);
    }

    public static HandedOver Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new HandedOver(
            Fields.TextList(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
