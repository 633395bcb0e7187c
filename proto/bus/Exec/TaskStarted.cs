using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Event: a task runs.</summary>
/// <param name="TaskName">As in the call.</param>
/// <param name="RunId">The run's ULID.</param>
public sealed record TaskStarted(string TaskName, string RunId) : IBusMessage<TaskStarted>
{
    public static string Kind => "exec.task.started";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(TaskName);
        writer.Write(RunId);
    }

    public static TaskStarted Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new TaskStarted(reader.ReadText(), reader.ReadText());
    }
}
