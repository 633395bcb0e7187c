using MessagePack;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;

namespace PvExec.Exec.Succession;

/// <summary>A run that is read: its id, by how many calls.</summary>
internal static class ReadRunRecord
{
    private const int Fields = 2;

    public static void Write(ref MessagePackWriter writer, ReadRun run)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(run.Id.Value);
        writer.Write(run.Readers);
    }

    public static ReadRun Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        RunId id = RunId.Parse(reader.ReadText()) ?? throw new MessagePackSerializationException("a run that is read has no id");
        var run = new ReadRun(id, reader.ReadInt32());
        reader.EndRecord(fields, Fields);
        return run;
    }
}
