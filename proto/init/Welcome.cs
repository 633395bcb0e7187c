using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the line is open, and unless the caller waits on standby every Owned and Stored message has been sent.</summary>
/// <param name="Version"><see cref="InitProtocol.Version"/> of pv-init.</param>
/// <param name="Service">Which service the caller is, by its pid; empty for others, who may only list the services.</param>
/// <param name="Standby">Another instance is the service still: the caller owns nothing until it has taken over (TakeOver).</param>
public readonly record struct Welcome(uint Version, string Service, bool Standby) : IInitMessage<Welcome>
{
    private const int FieldCount = 3;

    public static MessageType Type => MessageType.Welcome;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Version);
        writer.Write(Service);
        writer.Write(Standby);
    }

    public static Welcome Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Welcome(
            reader.ReadUInt32(),
            Fields.Text(ref reader),
            reader.ReadBoolean());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
