using MessagePack;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Adapters;

/// <summary>What is stored of a name. One MessagePack array: version, then the fields in the order below, the specification's first.</summary>
/// <param name="Spec">What is to run.</param>
/// <param name="Generation">The number of this start, rising with every start of the name and never used twice.</param>
/// <param name="InitInstance">Which pv-init was asked to start it.</param>
/// <param name="Ended">Its exit is known; nothing is left to be heard of this generation.</param>
internal sealed record SpecRecord(ProcessSpec Spec, ulong Generation, string InitInstance, bool Ended)
{
    private const int Version = 1;
    private const int Fields = 9;

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
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when it is no record of this version.</returns>
    public static SpecRecord? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.ReadArrayHeader() != Fields || reader.ReadInt32() != Version)
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
            return new SpecRecord(spec, reader.ReadUInt64(), Text(ref reader), reader.ReadBoolean());
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            // Cut short or of another kind: the caller says which file it was.
            return null;
        }
    }

    private static string Text(ref MessagePackReader reader) => reader.ReadString() ?? "";
}
