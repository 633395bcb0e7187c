using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>The answer to <see cref="FreezeProcesses"/>.</summary>
/// <param name="FreezeId">Names the freeze in <see cref="ThawProcesses"/>.</param>
/// <param name="Names">The processes that it holds.</param>
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
