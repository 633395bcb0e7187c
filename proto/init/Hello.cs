using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init, first on every line. Answered by Owned and Stored messages and Welcome, or by Failed.</summary>
/// <param name="Version"><see cref="InitProtocol.Version"/> of the caller.</param>
/// <param name="Service">
/// Which service the caller is; empty for others. pv-init goes by the pid of those that it started itself, and by this
/// name where somebody else runs the services.
/// </param>
public readonly record struct Hello(uint Version, string Service) : IInitMessage<Hello>
{
    private const int FieldCount = 2;

    public static MessageType Type => MessageType.Hello;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Version);
        writer.Write(Service);
    }

    public static Hello Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Hello(
            reader.ReadUInt32(),
            Fields.ServiceName(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
