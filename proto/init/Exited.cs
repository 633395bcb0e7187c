using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: a child of this service has ended. Sent once on every line, and again in Owned until it is acknowledged.</summary>
/// <param name="Child">Its number.</param>
/// <param name="Code">What it gave to exit(3); -1 when a signal ended it.</param>
/// <param name="Signal">The signal; 0 when it exited.</param>
/// <param name="CoreDumped">Whether the kernel wrote a core image.</param>
/// <param name="UserMicroseconds">Processor time in user mode.</param>
/// <param name="SystemMicroseconds">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set.</param>
/// <param name="EndedMicroseconds">Microseconds since 1970, UTC.</param>
public sealed record Exited(
    ulong Child,
    int Code,
    int Signal,
    bool CoreDumped,
    long UserMicroseconds,
    long SystemMicroseconds,
    long MaxResidentBytes,
    long EndedMicroseconds) : IInitMessage<Exited>
{
    private const int FieldCount = 8;

    public static MessageType Type => MessageType.Exited;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
        writer.Write(Code);
        writer.Write(Signal);
        writer.Write(CoreDumped);
        writer.Write(UserMicroseconds);
        writer.Write(SystemMicroseconds);
        writer.Write(MaxResidentBytes);
        writer.Write(EndedMicroseconds);
    }

    public static Exited Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Exited(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadBoolean(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
