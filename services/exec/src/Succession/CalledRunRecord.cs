using MessagePack;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;

namespace PvExec.Exec.Succession;

/// <summary>A run with callers: its id, their ids, what the last one that left wanted or nil.</summary>
internal static class CalledRunRecord
{
    private const int FieldsAtFirst = 2;
    private const int Fields = 3;

    public static void Write(ref MessagePackWriter writer, CalledRun run)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(run.Id.Value);
        writer.WriteRecords(run.Callers, RecordFormat.WriteText);
        if (run.LastToLeave is { } wanted)
        {
            writer.Write((int)wanted);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static CalledRun Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(FieldsAtFirst);
        RunId id = RunId.Parse(reader.ReadText()) ?? throw new MessagePackSerializationException("a run with callers has no id");
        var run = new CalledRun(id, reader.ReadRecords(RecordFormat.ReadText))
        {
            LastToLeave = fields < Fields || reader.TryReadNil() ? null : (OnDisconnect)reader.ReadInt32(),
        };
        reader.EndRecord(fields, Fields);
        return run;
    }
}
