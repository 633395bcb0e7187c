using MessagePack;

namespace PvExec.Proto.Bus.Common;

/// <summary>The caller no longer waits for the call of this correlation id. Not answered.</summary>
public sealed record CancelCall : IBusMessage<CancelCall>
{
    public static string Kind => "bus.cancel";

    public static CancelCall Value { get; } = new();

    public void Write(ref MessagePackWriter writer) => writer.WriteArrayHeader(0);

    public static CancelCall Read(ref MessagePackReader reader)
    {
        reader.ReadFields(0);
        return Value;
    }
}
