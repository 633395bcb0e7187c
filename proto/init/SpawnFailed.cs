using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>From pv-init: nothing was started.</summary>
/// <param name="Stage">What failed, such as <c>chdir</c> or <c>exec</c>.</param>
/// <param name="Errno">Why.</param>
public readonly record struct SpawnFailed(string Stage, int Errno) : IInitMessage<SpawnFailed>
{
    private const int FieldCount = 2;

    public static MessageType Type => MessageType.SpawnFailed;

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.Write(Stage);
        writer.Write(Errno);
    }

    public static SpawnFailed Read(ref MessagePackReader reader)
    {
        int count = Fields.Begin(ref reader, FieldCount);
        var message = new SpawnFailed(
            Fields.Text(ref reader),
            reader.ReadInt32());
        Fields.End(ref reader, count, FieldCount);
        return message;
    }
}
