using System.Buffers;
using MessagePack;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Adapters;

/// <summary>What pv-init keeps beside each of a run's processes, so that the run can be taken up again.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Role">Which of its processes.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Scopes">What it holds while it runs.</param>
/// <param name="Requested">When the run was asked for, to the millisecond.</param>
/// <param name="Standard">What is kept of its output.</param>
/// <param name="Error">What is kept of its standard error.</param>
public sealed record RunNote(
    RunId RunId, RunRole Role, string Task, ScopeSet Scopes, DateTimeOffset Requested, StreamWindow Standard, StreamWindow Error)
{
    private const int Version = 1;
    private const int Fields = 8;
    private const int WindowFields = 4;

    public static RunNote Of(Run run, RunRole role) =>
        new(run.Id, role, run.Task, run.Scopes, run.Requested, run.Output.Standard.Window, run.Output.Error.Window);

    /// <summary>
    /// A MessagePack array: version, run, role, task, reads, writes, milliseconds since 1970, head and tail of the output
    /// and of the standard error. Later versions add fields at its end.
    /// </summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write(Version);
        writer.Write(RunId.Value);
        writer.Write((int)Role);
        writer.Write(Task);
        Write(ref writer, Scopes.Reads);
        Write(ref writer, Scopes.Writes);
        writer.Write(Requested.ToUnixTimeMilliseconds());
        writer.WriteArrayHeader(WindowFields);
        writer.Write(Standard.HeadBytes);
        writer.Write(Standard.TailBytes);
        writer.Write(Error.HeadBytes);
        writer.Write(Error.TailBytes);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The note, or null when the bytes are none: a process that something else than this service started.</summary>
    public static RunNote? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.ReadArrayHeader() < Fields || reader.ReadInt32() < Version || Core.Runs.RunId.Parse(reader.ReadString() ?? "") is not { } id)
            {
                return null;
            }

            var role = (RunRole)reader.ReadInt32();
            string task = reader.ReadString() ?? "";
            List<string> reads = ReadList(ref reader);
            List<string> writes = ReadList(ref reader);
            var requested = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
            return reader.ReadArrayHeader() < WindowFields
                ? null
                : new RunNote(id, role, task, ScopeSet.From(reads, writes), requested, ReadWindow(ref reader), ReadWindow(ref reader));
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static void Write(ref MessagePackWriter writer, IEnumerable<string> scopes)
    {
        string[] all = [.. scopes];
        writer.WriteArrayHeader(all.Length);
        foreach (string scope in all)
        {
            writer.Write(scope);
        }
    }

    private static StreamWindow ReadWindow(ref MessagePackReader reader) => new(reader.ReadInt64(), reader.ReadInt64());

    private static List<string> ReadList(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        var scopes = new List<string>();
        for (int i = 0; i < count; i++)
        {
            scopes.Add(reader.ReadString() ?? "");
        }

        return scopes;
    }
}
