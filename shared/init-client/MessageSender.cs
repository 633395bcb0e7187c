using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Writes messages of the line to pv-init into packets; allocates nothing, but for a message in a memory file: its handle. Not for two threads at once.</summary>
public sealed class MessageSender
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Makes the packet and sends it.</summary>
    /// <returns>0, or the errno of <see cref="PacketSocket.TrySend"/>.</returns>
    public int Send<T>(PacketSocket socket, ulong correlation, T message, ReadOnlySpan<SafeHandle> descriptors = default)
        where T : IInitMessage<T>
    {
        ReadOnlySpan<byte> bytes = Write(correlation, message);
        if (bytes.Length <= InitProtocol.MaxInlineBytes)
        {
            return socket.TrySend(bytes, descriptors);
        }

        using SafeFileHandle file = MemoryFile.Create("pv-init message", bytes);
        SafeHandle[] all = [file, .. descriptors];
        Span<byte> packet = stackalloc byte[InFileBytes];
        WriteInFile(packet, correlation);
        return socket.TrySend(packet, all);
    }

    /// <summary>The message as bytes; valid until the next one.</summary>
    public ReadOnlySpan<byte> Write<T>(ulong correlation, T message)
        where T : IInitMessage<T>
    {
        _buffer.ResetWrittenCount();
        InitPacket.Write(_buffer, correlation, message);
        return _buffer.WrittenSpan;
    }

    /// <summary>Sends a message of <see cref="Write"/>, with descriptors that the caller holds as numbers.</summary>
    public static int SendNumbers(IPacketEnd end, ulong correlation, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        if (message.Length <= InitProtocol.MaxInlineBytes)
        {
            return end.TrySendNumbers(message, descriptors);
        }

        using SafeFileHandle file = MemoryFile.Create("pv-init message", message);
        Span<int> all = stackalloc int[descriptors.Length + 1];
        all[0] = (int)file.DangerousGetHandle();
        descriptors.CopyTo(all[1..]);
        Span<byte> packet = stackalloc byte[InFileBytes];
        WriteInFile(packet, correlation);
        return end.TrySendNumbers(packet, all);
    }

    private const int InFileBytes = 12;

    /// <summary><c>[InMemoryFile, correlation, nil]</c>: the correlation as 64 bits, so that a receiver without room for the file can answer.</summary>
    private static void WriteInFile(Span<byte> packet, ulong correlation)
    {
        ReadOnlySpan<byte> form = [0x93, (byte)MessageType.InMemoryFile, 0xcf, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0];
        form.CopyTo(packet);
        BinaryPrimitives.WriteUInt64BigEndian(packet[3..], correlation);
    }
}
