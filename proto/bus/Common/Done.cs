using MessagePack;

namespace PvExec.Proto.Bus.Common;

/// <summary>The answer to a call that succeeded and has nothing to say.</summary>
public sealed record Done : IBusMessage<Done>
{
    public static string Kind => "bus.done";

    public static Done Value { get; } = new();

    public void Write(ref MessagePackWriter writer) => writer.WriteArrayHeader(0);

    public static Done Read(ref MessagePackReader reader)
    {
        reader.ReadFields(0);
        return Value;
    }
}
