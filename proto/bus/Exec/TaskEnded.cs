using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Event: a task has ended.</summary>
/// <param name="TaskName">As in the call.</param>
/// <param name="RunId">The run of <see cref="TaskStarted"/>.</param>
/// <param name="ExitCode">0 to 255, or -1 when a signal ended it.</param>
/// <param name="Signal">The signal's number, or 0.</param>
public sealed record TaskEnded(string TaskName, string RunId, int ExitCode, int Signal) : IBusMessage<TaskEnded>
{
    public static string Kind => "exec.task.ended";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(TaskName);
        writer.Write(RunId);
        writer.Write(ExitCode);
        writer.Write(Signal);
    }

    public static TaskEnded Read(ref MessagePackReader reader)
    {
        reader.ReadFields(4);
        return new TaskEnded(reader.ReadText(), reader.ReadText(), reader.ReadInt32(), reader.ReadInt32());
    }
}
