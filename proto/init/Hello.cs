using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init, first on every line. Answered by Owned messages and Welcome, or by Failed.</summary>
/// <param name="Version"><see cref="InitProtocol.Version"/> of the caller.</param>
public sealed record Hello(uint Version) : IInitMessage<Hello>
{
    private const int FieldCount = 1;

    public static MessageType Type => MessageType.Hello;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Version);
    }

    public static Hello Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Hello(
            reader.ReadUInt32());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
