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
public readonly record struct Exited(
    ulong Child,
    int Code,
    int Signal,
    bool CoreDumped,
    long UserMicroseconds,
    long SystemMicroseconds,
    long MaxResidentBytes,
    long EndedMicroseconds) : IInitMessage<Exited>
{
    private const int FieldCount = 17, FieldCountBeforeGroup = 16, LeastFieldCount = 8;

    /// <summary>Microseconds since 1970, UTC; 0 from a pv-init that does not say it.</summary>
    public long StartedMicroseconds { get; init; }

    /// <summary>Whether the kernel killed a process of its cgroup because memory ran out; false where there is no such cgroup.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Page faults that were served from memory; this and the next five are of getrusage(2), with the descendants it waited for.</summary>
    public long MinorFaults { get; init; }

    /// <summary>Page faults that needed the disk.</summary>
    public long MajorFaults { get; init; }

    /// <summary>Reads from the disk, in the kernel's blocks of 512 bytes.</summary>
    public long BlocksRead { get; init; }

    /// <summary>Writes to the disk, in the kernel's blocks of 512 bytes.</summary>
    public long BlocksWritten { get; init; }

    /// <summary>Times it gave the processor up to wait.</summary>
    public long VoluntarySwitches { get; init; }

    /// <summary>Times the processor was taken from it.</summary>
    public long InvoluntarySwitches { get; init; }

    /// <summary>The number of its control group, in which somebody is left; 0 when nobody is, or it has none.</summary>
    public ulong Group { get; init; }

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
        writer.Write(StartedMicroseconds);
        writer.Write(OomKilled);
        writer.Write(MinorFaults);
        writer.Write(MajorFaults);
        writer.Write(BlocksRead);
        writer.Write(BlocksWritten);
        writer.Write(VoluntarySwitches);
        writer.Write(InvoluntarySwitches);
        writer.Write(Group);
    }

    public static Exited Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        var message = new Exited(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            reader.ReadInt32(),
            reader.ReadBoolean(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64());
        if (count < FieldCountBeforeGroup)
        {
            // From a pv-init of an earlier build.
            Fields.End(ref reader, count, LeastFieldCount);
            return message with { Group = message.Child };
        }

        message = message with
        {
            StartedMicroseconds = reader.ReadInt64(),
            OomKilled = reader.ReadBoolean(),
            MinorFaults = reader.ReadInt64(),
            MajorFaults = reader.ReadInt64(),
            BlocksRead = reader.ReadInt64(),
            BlocksWritten = reader.ReadInt64(),
            VoluntarySwitches = reader.ReadInt64(),
            InvoluntarySwitches = reader.ReadInt64(),
            Group = count < FieldCount ? message.Child : reader.ReadUInt64(),
        };
        Fields.End(ref reader, count, Math.Min(count, FieldCount));
        return message;
    }
}
