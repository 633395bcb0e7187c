using MessagePack;

namespace PvExec.Processes.Adapters;

/// <summary>What pv-init keeps with a child for us: to which record it belongs.</summary>
internal sealed record SpawnNote(string Process, ulong Generation)
{
    public byte[] Encode()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(Process);
        writer.Write(Generation);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when it is none.</returns>
    public static SpawnNote? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            return reader.ReadArrayHeader() == 2 && reader.ReadString() is { } process ? new SpawnNote(process, reader.ReadUInt64()) : null;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            // Not ours, or of another version: the caller logs the child's label.
            return null;
        }
    }
}
