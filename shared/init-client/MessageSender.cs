using System.Buffers;
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
        return socket.TrySend(InFile, all);
    }

    /// <summary><c>[InMemoryFile, 0, nil]</c></summary>
    private static ReadOnlySpan<byte> InFile => [0x93, (byte)MessageType.InMemoryFile, 0x00, 0xc0];
}
