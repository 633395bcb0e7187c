using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the line is open and every Owned message has been sent.</summary>
/// <param name="Version"><see cref="InitProtocol.Version"/> of pv-init.</param>
/// <param name="Service">Which service the caller is, by its pid; empty for others, who may only list the services.</param>
public sealed record Welcome(uint Version, string Service) : IInitMessage<Welcome>
{
    private const int FieldCount = 2;

    public static MessageType Type => MessageType.Welcome;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Version);
        writer.Write(Service);
    }

    public static Welcome Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Welcome(
            reader.ReadUInt32(),
            Fields.Text(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
