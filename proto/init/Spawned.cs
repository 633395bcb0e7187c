using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: the process runs. Where it was asked for, a pidfd of it comes with the packet, unless there was no descriptor left to hold it with.</summary>
/// <param name="Child">pv-init's number for it, never used twice.</param>
/// <param name="Pid">As pv-init sees it.</param>
/// <param name="StartedMicroseconds">Microseconds since 1970, UTC.</param>
public readonly record struct Spawned(ulong Child, int Pid, long StartedMicroseconds) : IInitMessage<Spawned>
{
    private const int FieldCount = 4, LeastFieldCount = 3;

    /// <summary>The number of its control group, <c>run-N</c>; 0 when it has none.</summary>
    public ulong Group { get; init; }

    public static MessageType Type => MessageType.Spawned;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
        writer.Write(Pid);
        writer.Write(StartedMicroseconds);
        writer.Write(Group);
    }

    public static Spawned Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        var message = new Spawned(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            reader.ReadInt64());
        message = message with { Group = count < FieldCount ? message.Child : reader.ReadUInt64() };
        Fields.End(ref reader, count, Math.Min(count, FieldCount));
        return message;
    }
}
