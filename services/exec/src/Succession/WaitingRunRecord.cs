using MessagePack;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;

namespace PvExec.Exec.Succession;

/// <summary>A run that waits: order, id, milliseconds since 1970, task, variables (names and values in turn), input, head bytes, client token, output limits, interaction, whether its caller is waited for, what its caller wants when it goes.</summary>
internal static class WaitingRunRecord
{
    private const int FieldsAtFirst = 7;
    private const int FieldsWithToken = 8;
    private const int FieldsWithLimits = 9;
    private const int FieldsWithInteraction = 10;
    private const int FieldsWithLossless = 11;
    private const int Fields = 12;

    public static void Write(ref MessagePackWriter writer, WaitingRun run)
    {
        WriteHead(ref writer, run);
        writer.WriteRaw(run.Request.Input.Span);
        WriteTail(ref writer, run);
    }

    /// <summary>All that comes before the input.</summary>
    public static void WriteHead(ref MessagePackWriter writer, WaitingRun run)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(run.Order);
        writer.Write(run.Id.Value);
        RecordFormat.Write(ref writer, run.Requested);
        writer.Write(run.Request.TaskName);
        writer.WriteArrayHeader(2 * run.Request.Variables.Count);
        foreach ((string name, string value) in run.Request.Variables)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.WriteBinHeader(run.Request.Input.Length);
    }

    /// <summary>All that comes behind the input.</summary>
    public static void WriteTail(ref MessagePackWriter writer, WaitingRun run)
    {
        writer.Write(run.Request.HeadBytes);
        writer.Write(run.Request.Token);
        OutputLimitsRecord.Write(ref writer, run.Request.Output);
        InteractionRecord.Write(ref writer, run.Request.Interaction);
        writer.Write(run.Request.IsLossless);
        writer.Write((int)run.Request.OnDisconnect);
    }

    public static WaitingRun Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(FieldsAtFirst);
        long order = reader.ReadInt64();
        RunId id = RunId.Parse(reader.ReadText()) ?? throw new MessagePackSerializationException("a run has no id");
        DateTimeOffset requested = reader.ReadTime();
        string task = reader.ReadText();
        var variables = new KeyValuePair<string, string>[reader.ReadArrayHeader() / 2];
        for (int i = 0; i < variables.Length; i++)
        {
            string name = reader.ReadText();
            variables[i] = new(name, reader.ReadText());
        }

        byte[] input = reader.ReadBlob();
        int headBytes = reader.ReadInt32();
        ClientToken? token = fields < FieldsWithToken ? null : reader.ReadToken();
        OutputLimits limits = fields < FieldsWithLimits ? OutputLimits.Default : OutputLimitsRecord.Read(ref reader);
        Interaction? interaction = fields < FieldsWithInteraction ? null : InteractionRecord.Read(ref reader);
        bool isLossless = fields >= FieldsWithLossless && reader.ReadBoolean();
        OnDisconnect onDisconnect = fields < Fields ? default : (OnDisconnect)reader.ReadInt32();
        reader.EndRecord(fields, Fields);
        var request = new RunRequest(task, variables, input, headBytes) { Token = token, Output = limits, Interaction = interaction, IsLossless = isLossless, OnDisconnect = onDisconnect };
        return new WaitingRun(order, id, requested, request);
    }
}
