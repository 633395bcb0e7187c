using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Writes messages of the line to pv-init into packets. Not for two threads at once.</summary>
public sealed class MessageSender
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Makes the packet, and hands it to <paramref name="send"/> with its descriptors.</summary>
    /// <returns>What <paramref name="send"/> returned: an errno.</returns>
    public int Send<T>(PacketSocket socket, ulong correlation, T message, ReadOnlySpan<SafeHandle> descriptors = default)
        where T : IInitMessage<T>
    {
        _buffer.ResetWrittenCount();
        InitPacket.Write(_buffer, correlation, message);
        if (_buffer.WrittenCount <= InitProtocol.MaxInlineBytes)
        {
            return socket.TrySend(_buffer.WrittenSpan, descriptors);
        }

        using SafeFileHandle file = MemoryFile.Create("pv-init message", _buffer.WrittenSpan);
        SafeHandle[] all = [file, .. descriptors];
        _buffer.Clear();
        return socket.TrySend(InFile(correlation), all);
    }

    /// <summary>As <see cref="Send"/>, for descriptors that the caller holds as numbers.</summary>
    public int SendNumbers<T>(PacketSocket socket, ulong correlation, T message, ReadOnlySpan<int> descriptors)
        where T : IInitMessage<T>
    {
        _buffer.ResetWrittenCount();
        InitPacket.Write(_buffer, correlation, message);
        if (_buffer.WrittenCount <= InitProtocol.MaxInlineBytes)
        {
            return socket.TrySendNumbers(_buffer.WrittenSpan, descriptors);
        }

        using SafeFileHandle file = MemoryFile.Create("pv-init message", _buffer.WrittenSpan);
        int[] all = [(int)file.DangerousGetHandle(), .. descriptors];
        _buffer.Clear();
        return socket.TrySendNumbers(InFile(correlation), all);
    }

    /// <summary><c>[InMemoryFile, correlation, nil]</c>: the correlation as 64 bits, so that a receiver without room for the file can answer.</summary>
    private static byte[] InFile(ulong correlation)
    {
        byte[] packet = [0x93, (byte)MessageType.InMemoryFile, 0xcf, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0];
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(3), correlation);
        return packet;
    }
}
