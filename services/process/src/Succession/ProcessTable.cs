using System.Collections.Immutable;
using System.Net;
using MessagePack;
using PvExec.Linux.Ports;

namespace PvExec.Processes.Succession;

/// <summary>
/// What an instance of pv-process hands to the next, beside records, children and descriptors. A MessagePack array:
/// version, trees that are being ended [child, ms left], processes [name, generation, listeners [address, port, inode]].
/// A later version may append to each of these arrays; a reader skips what it does not know.
/// </summary>
internal sealed record ProcessTable(ImmutableArray<EndingTree> Ending, ImmutableArray<KeptProcess> Processes)
{
    public static readonly ProcessTable Empty = new([], []);

    private const int Version = 1;

    public byte[] Encode()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(3);
        writer.Write(Version);
        writer.WriteArrayHeader(Ending.Length);
        foreach (EndingTree tree in Ending)
        {
            writer.WriteArrayHeader(2);
            writer.Write(tree.Child);
            writer.Write((long)tree.Left.TotalMilliseconds);
        }

        writer.WriteArrayHeader(Processes.Length);
        foreach (KeptProcess process in Processes)
        {
            writer.WriteArrayHeader(3);
            writer.Write(process.Name);
            writer.Write(process.Generation);
            writer.WriteArrayHeader(process.Listeners.Length);
            foreach (ListeningEndpoint listener in process.Listeners)
            {
                writer.WriteArrayHeader(3);
                writer.Write(listener.Address.GetAddressBytes());
                writer.Write(listener.Port);
                writer.Write(listener.Inode);
            }
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when it cannot be read: then it is as after a crash.</returns>
    public static ProcessTable? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int fields = reader.ReadArrayHeader();
            if (fields < 3 || reader.ReadInt32() < Version)
            {
                return null;
            }

            var ending = new EndingTree[reader.ReadArrayHeader()];
            for (int i = 0; i < ending.Length; i++)
            {
                int count = reader.ReadArrayHeader();
                ending[i] = new EndingTree(reader.ReadUInt64(), TimeSpan.FromMilliseconds(reader.ReadInt64()));
                Skip(ref reader, count - 2);
            }

            var processes = new KeptProcess[reader.ReadArrayHeader()];
            for (int i = 0; i < processes.Length; i++)
            {
                int count = reader.ReadArrayHeader();
                processes[i] = new KeptProcess(reader.ReadString() ?? "", reader.ReadUInt64(), Listeners(ref reader));
                Skip(ref reader, count - 3);
            }

            return new ProcessTable([.. ending], [.. processes]);
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            // Cut short, or of another kind: the caller says so.
            return null;
        }
    }

    private static ImmutableArray<ListeningEndpoint> Listeners(ref MessagePackReader reader)
    {
        var listeners = new ListeningEndpoint[reader.ReadArrayHeader()];
        for (int i = 0; i < listeners.Length; i++)
        {
            int count = reader.ReadArrayHeader();
            byte[] address = System.Buffers.BuffersExtensions.ToArray(reader.ReadBytes() ?? default);
            listeners[i] = new ListeningEndpoint(new IPAddress(address), reader.ReadInt32(), reader.ReadUInt64());
            Skip(ref reader, count - 3);
        }

        return [.. listeners];
    }

    private static void Skip(ref MessagePackReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            reader.Skip();
        }
    }
}
