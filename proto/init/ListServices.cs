using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init: how are the services? Answered by ServiceList.</summary>
public sealed record ListServices : IInitMessage<ListServices>
{
    public static MessageType Type => MessageType.ListServices;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(0);
    }

    public static ListServices Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, 0);
        Fields.End(ref reader, count, 0);
        return new ListServices();
    }
}
