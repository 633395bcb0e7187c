using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.InitClient;

/// <summary>Reads messages of the line to pv-init out of packets, with their descriptors as handles. Not for two threads at once.</summary>
public sealed class MessageReceiver
{
    private readonly PacketReader _reader = new();
    private readonly List<SafeFileHandle> _handles = [];

    /// <summary>Those of the last message; the caller takes or disposes them before the next one. They become handles when somebody asks for them: most that come are not wanted.</summary>
    public List<SafeFileHandle> Descriptors
    {
        get
        {
            foreach (int number in _reader.Descriptors.Numbers)
            {
                _handles.Add(new SafeFileHandle(number, true));
            }

            _reader.Descriptors.Forget();
            return _handles;
        }
    }

    /// <summary>Receives one message, whose body is valid until the next call.</summary>
    /// <param name="errno">With <see cref="ReceiveResult.Nothing"/>: why.</param>
    public ReceiveResult Receive(PacketSocket socket, out InitPacket packet, out int errno)
    {
        _reader.DropDescriptors();
        _handles.Clear();
        return _reader.Receive(socket, out packet, out errno);
    }

    /// <summary>Closes what nobody took.</summary>
    public void DropDescriptors()
    {
        _reader.DropDescriptors();
        foreach (SafeFileHandle descriptor in _handles)
        {
            descriptor.Dispose();
        }

        _handles.Clear();
    }
}
