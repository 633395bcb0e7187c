using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init, before Welcome or TookOver: a descriptor of the service's store (FDSTORE=1 of sd_notify(3)), which comes with it.</summary>
/// <param name="Name">As stored; several may have one name.</param>
public sealed record Stored(string Name) : IInitMessage<Stored>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.Stored;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Name);
    }

    public static Stored Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Stored(
            Fields.Text(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
