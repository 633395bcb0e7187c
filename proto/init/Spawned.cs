using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the process runs. Where it was asked for, a pidfd of it comes with the packet, unless there was no descriptor left to hold it with.</summary>
/// <param name="Child">pv-init's number for it, never used twice.</param>
/// <param name="Pid">As pv-init sees it.</param>
/// <param name="StartedMicroseconds">Microseconds since 1970, UTC.</param>
public readonly record struct Spawned(ulong Child, int Pid, long StartedMicroseconds) : IInitMessage<Spawned>
{
    private const int FieldCount = 3;

    public static MessageType Type => MessageType.Spawned;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
        writer.Write(Pid);
        writer.Write(StartedMicroseconds);
    }

    public static Spawned Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new Spawned(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            reader.ReadInt64());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
