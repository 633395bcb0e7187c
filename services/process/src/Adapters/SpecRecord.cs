using MessagePack;
using PvExec.Kernel;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Adapters;

/// <summary>
/// What is stored of a name. One MessagePack array: version, then the fields in the order below, the specification's first.
/// A later version may append fields; a reader skips what it does not know.
/// </summary>
/// <param name="Spec">What is to run.</param>
/// <param name="Generation">The number of this start, rising with every start of the name and never used twice.</param>
/// <param name="InitInstance">Which pv-init was asked to start it.</param>
/// <param name="Ended">Its exit is known; nothing is left to be heard of this generation.</param>
internal sealed record SpecRecord(ProcessSpec Spec, ulong Generation, string InitInstance, bool Ended)
{
    private const int Version = 1;
    private const int FirstFields = 9;
    private const int EndingFields = 11;
    private const int Fields = 16;
    private const int None = -1;

    /// <summary>The name is to be forgotten as soon as its tree has ended.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>When what is being ended gets SIGKILL: this generation for a removal, earlier ones otherwise. Null when nothing is.</summary>
    public DateTimeOffset? KillAt { get; init; }

    /// <summary>How it ended; null before, and when that is not known.</summary>
    public ProcessEnd? End { get; init; }

    public byte[] Encode()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write(Version);
        writer.Write(Spec.Name);
        writer.WriteArrayHeader(Spec.Arguments.Count);
        foreach (string argument in Spec.Arguments)
        {
            writer.Write(argument);
        }

        writer.Write(Spec.RunPath);
        writer.Write(Spec.ListeningPort);
        writer.WriteMapHeader(Spec.Variables.Count);
        foreach ((string name, string value) in Spec.Variables)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write(Generation);
        writer.Write(InitInstance);
        writer.Write(Ended);
        writer.Write(IsRemoval);
        writer.Write(KillAt?.ToUnixTimeMilliseconds() ?? 0);
        writer.Write(End?.Status.Code ?? None);
        writer.Write(End?.Status.Signal ?? None);
        writer.Write(End?.Status.CoreDumped ?? false);
        writer.Write(End?.Started.ToUnixTimeMilliseconds() ?? 0);
        writer.Write(End?.Ended.ToUnixTimeMilliseconds() ?? 0);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when it is no record of this version.</returns>
    public static SpecRecord? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int fields = reader.ReadArrayHeader();
            if (fields < FirstFields || reader.ReadInt32() != Version)
            {
                return null;
            }

            string name = Text(ref reader);
            var arguments = new string[reader.ReadArrayHeader()];
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i] = Text(ref reader);
            }

            string runPath = Text(ref reader);
            int port = reader.ReadInt32();
            var variables = new KeyValuePair<string, string>[reader.ReadMapHeader()];
            for (int i = 0; i < variables.Length; i++)
            {
                variables[i] = new(Text(ref reader), Text(ref reader));
            }

            var spec = new ProcessSpec { Name = name, Arguments = arguments, RunPath = runPath, ListeningPort = port, Variables = variables };
            var record = new SpecRecord(spec, reader.ReadUInt64(), Text(ref reader), reader.ReadBoolean());
            if (fields < EndingFields)
            {
                return record;
            }

            bool isRemoval = reader.ReadBoolean();
            long killAt = reader.ReadInt64();
            record = record with { IsRemoval = isRemoval, KillAt = killAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(killAt) };
            return fields < Fields ? record : record with { End = ReadEnd(ref reader) };
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            // Cut short or of another kind: the caller says which file it was.
            return null;
        }
    }

    private static ProcessEnd? ReadEnd(ref MessagePackReader reader)
    {
        (int code, int signal, bool coreDumped) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        (long started, long ended) = (reader.ReadInt64(), reader.ReadInt64());
        ExitStatus? status = code != None ? ExitStatus.Exited(code) : signal != None ? ExitStatus.Signaled(signal, coreDumped) : null;
        return status is { } known ? new ProcessEnd(known, DateTimeOffset.FromUnixTimeMilliseconds(started), DateTimeOffset.FromUnixTimeMilliseconds(ended)) : null;
    }

    private static string Text(ref MessagePackReader reader) => reader.ReadString() ?? "";
}
