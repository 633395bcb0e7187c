using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init, before Welcome: a child of the calling service, running or not yet acknowledged. Its kept descriptors come with it.</summary>
/// <param name="Child">pv-init's number for it.</param>
/// <param name="Pid">As pv-init sees it.</param>
/// <param name="Label">From its Spawn.</param>
/// <param name="StartedMicroseconds">Microseconds since 1970, UTC.</param>
/// <param name="State">From its Spawn.</param>
/// <param name="Kept">The names of the packet's descriptors, in order.</param>
/// <param name="Exit">Null while it runs.</param>
public sealed record Owned(
    ulong Child,
    int Pid,
    string Label,
    long StartedMicroseconds,
    byte[] State,
    IReadOnlyList<string> Kept,
    Exited? Exit) : IInitMessage<Owned>
{
    private const int FieldCount = 8, LeastFieldCount = 7;

    /// <summary>The number of its control group, <c>run-N</c>; 0 when it has none, or nobody is left in it.</summary>
    public ulong Group { get; init; }

    public static MessageType Type => MessageType.Owned;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Child);
        writer.Write(Pid);
        writer.Write(Label);
        writer.Write(StartedMicroseconds);
        writer.Write(State);
        Fields.Write(ref writer, Kept);
        if (Exit is not { } exit)
        {
            writer.WriteNil();
        }
        else
        {
            exit.Write(ref writer);
        }

        writer.Write(Group);
    }

    public static Owned Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        var message = new Owned(
            reader.ReadUInt64(),
            reader.ReadInt32(),
            Fields.Text(ref reader),
            reader.ReadInt64(),
            Fields.Bytes(ref reader),
            Fields.TextList(ref reader),
            reader.TryReadNil() ? null : Exited.Read(ref reader));
        message = message with { Group = count < FieldCount ? message.Child : reader.ReadUInt64() };
        Fields.End(ref reader, count, Math.Min(count, FieldCount));
        return message;
    }
}
