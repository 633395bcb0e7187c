using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Lets the processes of a freeze go on. NotFound when they do already.</summary>
/// <param name="FreezeId">From <see cref="ProcessesFrozen"/>.</param>
public sealed record ThawProcesses(ulong FreezeId) : IBusMessage<ThawProcesses>
{
    public static string Kind => "process.thaw";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(FreezeId);
    }

    public static ThawProcesses Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new ThawProcesses(reader.ReadUInt64());
    }
}
