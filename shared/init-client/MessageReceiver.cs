using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Reads messages of the line to pv-init out of packets, with their descriptors as handles. Not for two threads at once.</summary>
public sealed class MessageReceiver
{
    private readonly PacketReader _reader = new();

    /// <summary>Those of the last message; the caller takes or disposes them before the next one.</summary>
    public List<SafeFileHandle> Descriptors { get; } = [];

    /// <summary>Receives one message, whose body is valid until the next call.</summary>
    /// <param name="errno">With <see cref="ReceiveResult.Nothing"/>: why.</param>
    public ReceiveResult Receive(PacketSocket socket, out InitPacket packet, out int errno)
    {
        Descriptors.Clear();
        ReceiveResult result = _reader.Receive(socket, out packet, out errno);
        Span<int> numbers = stackalloc int[_reader.Descriptors.Count];
        _reader.Descriptors.Take(0, numbers);
        foreach (int number in numbers)
        {
            Descriptors.Add(new SafeFileHandle(number, true));
        }

        return result;
    }

    /// <summary>Closes what nobody took.</summary>
    public void DropDescriptors()
    {
        foreach (SafeFileHandle descriptor in Descriptors)
        {
            descriptor.Dispose();
        }

        Descriptors.Clear();
    }
}
