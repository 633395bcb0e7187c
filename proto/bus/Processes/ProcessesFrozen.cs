using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>The processes stand still: until <see cref="ThawProcesses"/>, the end of the caller's connection or their time.</summary>
/// <param name="FreezeId">Names this freeze in <see cref="ThawProcesses"/>.</param>
/// <param name="Names">Which processes it stopped: those that ran.</param>
public sealed record ProcessesFrozen(ulong FreezeId, IReadOnlyList<string> Names) : IBusMessage<ProcessesFrozen>
{
    public static string Kind => "process.frozen";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(FreezeId);
        writer.WriteTexts(Names);
    }

    public static ProcessesFrozen Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new ProcessesFrozen(reader.ReadUInt64(), reader.ReadTexts());
    }
}
