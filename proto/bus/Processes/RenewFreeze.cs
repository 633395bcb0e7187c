using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Starts the time of a freeze anew. Answered by <c>bus.done</c>, or NotFound when it has ended: its processes have run since.</summary>
/// <param name="FreezeId">From <see cref="ProcessesFrozen"/>.</param>
/// <param name="TimeLimit">When they thaw by themselves, from now; milliseconds on the wire.</param>
public sealed record RenewFreeze(ulong FreezeId, TimeSpan TimeLimit) : IBusMessage<RenewFreeze>
{
    public static string Kind => "process.freeze.renew";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(FreezeId);
        writer.WriteDuration(TimeLimit);
    }

    public static RenewFreeze Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new RenewFreeze(reader.ReadUInt64(), reader.ReadDuration());
    }
}
