using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>To pv-init: start a process. Answered by Spawned or SpawnFailed, or by Failed.</summary>
/// <param name="Label">What the owner calls it.</param>
/// <param name="State">The owner's notes, given back in Owned; at most <see cref="InitProtocol.MaxStateBytes"/>.</param>
/// <param name="Arguments">The program and its arguments. A program without a slash is looked up in PATH of the environment.</param>
/// <param name="Environment">All of it, as <c>NAME=value</c>.</param>
/// <param name="WorkingDirectory">An absolute path.</param>
/// <param name="Grouping">0: leads a session; 1: leads a process group only; 2: stays in those of pv-init.</param>
/// <param name="Targets">The numbers in the child of the first descriptors of the packet, in order.</param>
/// <param name="Kept">The names of the descriptors behind those: pv-init keeps them until the acknowledgement.</param>
/// <param name="Attributes">Null: none. Appended later: a caller may leave it out.</param>
public sealed record Spawn(
    string Label,
    byte[] State,
    IReadOnlyList<byte[]> Arguments,
    IReadOnlyList<byte[]> Environment,
    byte[] WorkingDirectory,
    int Grouping,
    IReadOnlyList<int> Targets,
    IReadOnlyList<string> Kept,
    SpawnAttributes? Attributes = null) : IInitMessage<Spawn>
{
    private const int FieldCount = 9, LeastFieldCount = 8;

    public static MessageType Type => MessageType.Spawn;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Label);
        writer.Write(State);
        Fields.Write(ref writer, Arguments);
        Fields.Write(ref writer, Environment);
        writer.Write(WorkingDirectory);
        writer.Write(Grouping);
        Fields.Write(ref writer, Targets);
        Fields.Write(ref writer, Kept);
        if (Attributes is null)
        {
            writer.WriteNil();
        }
        else
        {
            Attributes.Write(ref writer);
        }
    }

    public static Spawn Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, LeastFieldCount);
        var message = new Spawn(
            Fields.Text(ref reader),
            Fields.Bytes(ref reader),
            Fields.BytesList(ref reader),
            Fields.BytesList(ref reader),
            Fields.Bytes(ref reader),
            reader.ReadInt32(),
            Fields.Numbers(ref reader),
            Fields.TextList(ref reader),
            count < FieldCount || reader.TryReadNil() ? null : SpawnAttributes.Read(ref reader));
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
