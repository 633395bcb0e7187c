using MessagePack;

namespace PvExec.Proto.Bus.Processes;

/// <summary>Asks process to stop managed processes with all their descendants until they are thawed. Answered by <see cref="ProcessesFrozen"/> once none of them runs any more. Ends with the asker's connection, or when its time is over.</summary>
/// <param name="Names">Which; empty for all that there are.</param>
/// <param name="Reason">What for, for people: <c>capture</c>.</param>
/// <param name="TimeLimit">When they thaw by themselves; milliseconds on the wire.</param>
public sealed record FreezeProcesses(IReadOnlyList<string> Names, string Reason, TimeSpan TimeLimit) : IBusMessage<FreezeProcesses>
{
    public static string Kind => "process.freeze";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.WriteTexts(Names);
        writer.Write(Reason);
        writer.WriteDuration(TimeLimit);
    }

    public static FreezeProcesses Read(ref MessagePackReader reader)
    {
        reader.ReadFields(3);
        return new FreezeProcesses(reader.ReadTexts(), reader.ReadText(), reader.ReadDuration());
    }
}
