using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>
/// Asks process to stop managed processes where they stand, so that files can be captured. Answered by
/// <see cref="ProcessesFrozen"/>.
/// </summary>
/// <param name="Names">Those configured under these names; all when there are none.</param>
/// <param name="Reason">What for, for people: <c>save</c>.</param>
/// <param name="TimeToLive">After which they go on by themselves; milliseconds on the wire.</param>
public sealed record FreezeProcesses(IReadOnlyList<string> Names, string Reason, TimeSpan TimeToLive) : IBusMessage<FreezeProcesses>
{
    public static string Kind => "process.freeze";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.WriteTexts(Names);
        writer.Write(Reason);
        writer.WriteDuration(TimeToLive);
    }

    public static FreezeProcesses Read(ref MessagePackReader reader)
    {
        reader.ReadFields(3);
        return new FreezeProcesses(reader.ReadTexts(), reader.ReadText(), reader.ReadDuration());
    }
}
