using MessagePack;
using PvExec.Kernel;

namespace PvExec.Proto.Bus.Common;

/// <summary>The answer to any call that failed.</summary>
/// <param name="FaultKind">On the wire the kind's name; one that the reader does not know reads as Internal.</param>
/// <param name="Detail">One sentence that names the offending thing and says what to do.</param>
public sealed record FaultReply(FaultKind FaultKind, string Detail) : IBusMessage<FaultReply>
{
    public static string Kind => "bus.fault";

    /// <summary>A detail may name what the caller sent, at any length: a caller that never reads must not make it wait here.</summary>
    private const int MostDetail = 4096;

    public static FaultReply From(Fault fault) =>
        new(fault.Kind, fault.Detail.Length <= MostDetail ? fault.Detail : fault.Detail[..MostDetail] + "…");

    public Fault ToFault() => new(FaultKind, Detail);

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Enum.GetName(FaultKind));
        writer.Write(Detail);
    }

    public static FaultReply Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        string name = reader.ReadText();
        return new FaultReply(Enum.TryParse(name, out FaultKind kind) ? kind : FaultKind.Internal, reader.ReadText());
    }
}
