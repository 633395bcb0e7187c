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
    private const int FieldsAtFirst = 8;
    private const int FieldsWithLimits = 9;
    private const int FieldsWithToken = 10;
    private const int Fields = 11;
    private const int WindowFields = 4;
    private const int LimitFields = 4;

    /// <summary>When its processes are made to end.</summary>
    public RunTimeouts Timeouts { get; init; } = RunTimeouts.None;

    /// <summary>What its caller calls the run, or null.</summary>
    public ClientToken? Token { get; init; }

    /// <summary>Its caller is waited for, as <see cref="ReaderPace"/> says.</summary>
    public bool IsLossless { get; init; }

    public static RunNote Of(Run run, RunRole role) =>
        new(run.Id, role, run.Task, run.Scopes, run.Requested, run.Output.Standard.Window, run.Output.Error.Window)
        {
            Timeouts = run.Timeouts,
            Token = run.Token,
            IsLossless = run.Output.Pace is not null,
        };

    /// <summary>
    /// A MessagePack array: version, run, role, task, reads, writes, milliseconds since 1970, head and tail of the output
    /// and of the standard error, limits, client token, whether its caller is waited for. The limits are an array: how many runs of the task there may be (0: any
    /// number), its directory, and its timeouts to TERM (0: none) and on to KILL in microseconds. The token is an array of its
    /// text and its fingerprint, or nil. Later versions add fields at the ends.
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
        writer.WriteArrayHeader(LimitFields);
        writer.Write(Scopes.Limit?.Most ?? 0);
        writer.Write(Scopes.Limit?.Directory);
        writer.Write((long)(Timeouts.Run?.TotalMicroseconds ?? 0));
        writer.Write((long)Timeouts.Kill.TotalMicroseconds);
        writer.Write(Token);
        writer.Write(IsLossless);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The note, or null when the bytes are none: a process that something else than this service started.</summary>
    public static RunNote? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int fields = reader.ReadArrayHeader();
            if (fields < FieldsAtFirst || reader.ReadInt32() < Version || Core.Runs.RunId.Parse(reader.ReadString() ?? "") is not { } id)
            {
                return null;
            }

            var role = (RunRole)reader.ReadInt32();
            string task = reader.ReadString() ?? "";
            List<string> reads = ReadList(ref reader);
            List<string> writes = ReadList(ref reader);
            var requested = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
            if (reader.ReadArrayHeader() < WindowFields)
            {
                return null;
            }

            StreamWindow standard = ReadWindow(ref reader);
            StreamWindow error = ReadWindow(ref reader);
            (TaskLimit? limit, RunTimeouts timeouts) = fields < FieldsWithLimits ? (null, RunTimeouts.None) : ReadLimits(ref reader);
            ClientToken? token = fields < FieldsWithToken ? null : reader.ReadToken();
            bool isLossless = fields >= Fields && reader.ReadBoolean();
            return ScopeSet.Parse(reads, writes, limit).TryGet(out ScopeSet? scopes, out _)
                ? new RunNote(id, role, task, scopes, requested, standard, error) { Timeouts = timeouts, Token = token, IsLossless = isLossless }
                : null;
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

    private static (TaskLimit? Limit, RunTimeouts Timeouts) ReadLimits(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() < LimitFields)
        {
            throw new MessagePackSerializationException("limits with too few fields");
        }

        int most = reader.ReadInt32();
        string? directory = reader.ReadString();
        TaskLimit? limit = most > 0 && directory is not null ? new TaskLimit(directory, most) : null;
        long run = reader.ReadInt64();
        return (limit, new RunTimeouts(run == 0 ? null : TimeSpan.FromMicroseconds(run), TimeSpan.FromMicroseconds(reader.ReadInt64())));
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
