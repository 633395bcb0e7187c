using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init, from a new instance of a service that waits on standby: it is ready to be the service. Answered, once the instance before it has handed over or has ended, by Owned and Stored messages and TookOver; or by Failed.</summary>
public sealed record TakeOver() : IInitMessage<TakeOver>
{
    private const int FieldCount = 0;

    public static MessageType Type => MessageType.TakeOver;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
    }

    public static TakeOver Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new TakeOver();
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
