using System.Numerics;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>
/// Reads messages of the line to pv-init out of packets, with their descriptors as numbers; allocates nothing, but
/// for the room of a message beyond a mebibyte. Not for two threads at once.
/// </summary>
public sealed class PacketReader
{
    /// <summary>The room of a larger message is not kept for the next one.</summary>
    private const int KeptBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[InitProtocol.MaxInlineBytes + 64];
    private byte[] _large = [];

    /// <summary>Those of the last message; the caller takes or disposes them before the next one.</summary>
    public DescriptorBuffer Descriptors { get; } = new();

    /// <summary>Receives one message, whose body is valid until the next call.</summary>
    /// <param name="errno">With <see cref="ReceiveResult.Nothing"/>: why.</param>
    public ReceiveResult Receive(IPacketEnd socket, out InitPacket packet, out int errno)
    {
        packet = default;
        ReceivedPacket received = socket.Receive(_buffer, Descriptors);
        errno = received.Errno;
        if (errno != 0)
        {
            return ReceiveResult.Nothing;
        }

        if (received.Ended)
        {
            DropDescriptors();
            return ReceiveResult.Ended;
        }

        bool parsed = !received.Truncated && InitPacket.TryParse(_buffer.AsMemory(0, received.Length), out packet);
        if (parsed && received.DescriptorsLost)
        {
            DropDescriptors();
            return ReceiveResult.DescriptorsLost;
        }

        if (parsed && (packet.Type != MessageType.InMemoryFile || TryReadFile(out packet)))
        {
            return ReceiveResult.Message;
        }

        DropDescriptors();
        return ReceiveResult.Malformed;
    }

    /// <summary>Closes what nobody took.</summary>
    public void DropDescriptors() => Descriptors.Clear();

    private Memory<byte> Room(int length)
    {
        if (length > KeptBytes)
        {
            return new byte[length];
        }

        if (_large.Length < length)
        {
            _large = new byte[Math.Min(KeptBytes, (int)BitOperations.RoundUpToPowerOf2((uint)length))];
        }

        return _large.AsMemory(0, length);
    }

    private bool TryReadFile(out InitPacket packet)
    {
        packet = default;
        if (Descriptors.Count == 0)
        {
            return false;
        }

        try
        {
            int file = Descriptors.Numbers[0];
            long length = FileRead.Length(file);
            if (length is <= 0 or > InitProtocol.MaxMessageBytes)
            {
                return false;
            }

            Memory<byte> bytes = Room((int)length);
            for (int filled = 0, count; filled < length; filled += count)
            {
                count = FileRead.At(file, bytes.Span[filled..], filled);
                if (count <= 0)
                {
                    return false;
                }
            }

            return InitPacket.TryParse(bytes, out packet) && packet.Type != MessageType.InMemoryFile;
        }
        finally
        {
            Descriptors.CloseFirst();
        }
    }
}
