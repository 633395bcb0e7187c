using MessagePack;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;

namespace PvExec.Exec.Succession;

/// <summary>A run with callers: its id, their ids.</summary>
internal static class CalledRunRecord
{
    private const int Fields = 2;

    public static void Write(ref MessagePackWriter writer, CalledRun run)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(run.Id.Value);
        writer.WriteRecords(run.Callers, RecordFormat.WriteText);
    }

    public static CalledRun Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        RunId id = RunId.Parse(reader.ReadText()) ?? throw new MessagePackSerializationException("a run with callers has no id");
        var run = new CalledRun(id, reader.ReadRecords(RecordFormat.ReadText));
        reader.EndRecord(fields, Fields);
        return run;
    }
}
