using System.Runtime.InteropServices;
using PvExec.InitClient;
using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>Messages that the other end of a line is too slow to take, with copies of their descriptors. Once warm, nothing is allocated.</summary>
internal sealed class Outbox
{
    /// <summary>More than that, and the other end is stuck. Nothing is lost when its line is closed: exits are told again.</summary>
    public const int MaxMessages = 100_000;

    private readonly Waiting<Message> _messages = new(4096);
    private readonly Waiting<byte> _bytes = new(1024 * 1024);
    private readonly Waiting<int> _descriptors = new(4096);

    public bool IsEmpty => _messages.Count == 0;

    /// <returns>EAGAIN: it waits; or why it cannot.</returns>
    public int Add(ulong correlation, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        if (_messages.Count >= MaxMessages)
        {
            return Errno.EPIPE;
        }

        int copied = 0;
        foreach (int descriptor in descriptors)
        {
            // Whoever has it may close it before the other end takes it.
            int copy = DescriptorBuffer.Duplicate(descriptor);
            if (copy < 0)
            {
                CloseLast(copied);
                return Errno.EMFILE;
            }

            _descriptors.Add(new ReadOnlySpan<int>(in copy));
            copied++;
        }

        var message = new Message(correlation, bytes.Length, descriptors.Length);
        _messages.Add(new ReadOnlySpan<Message>(in message));
        _bytes.Add(bytes);
        return Errno.EAGAIN;
    }

    /// <summary>Sends what waits, as far as the other end takes it.</summary>
    /// <returns>0 when nothing waits any more, EAGAIN, or why the line is broken.</returns>
    public int Flush(IPacketEnd end)
    {
        while (!IsEmpty)
        {
            Message message = _messages.First(1)[0];
            ReadOnlySpan<int> descriptors = _descriptors.First(message.Descriptors);
            int errno = MessageSender.SendNumbers(end, message.Correlation, _bytes.First(message.Bytes), descriptors);
            if (errno != 0)
            {
                return errno;
            }

            Forget(message);
        }

        return 0;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (!IsEmpty)
        {
            Forget(_messages.First(1)[0]);
        }
    }

    private void Forget(in Message message)
    {
        foreach (int descriptor in _descriptors.First(message.Descriptors))
        {
            DescriptorBuffer.Close(descriptor);
        }

        _descriptors.RemoveFirst(message.Descriptors);
        _bytes.RemoveFirst(message.Bytes);
        _messages.RemoveFirst(1);
    }

    private void CloseLast(int count)
    {
        foreach (int descriptor in _descriptors.First(_descriptors.Count)[^count..])
        {
            DescriptorBuffer.Close(descriptor);
        }

        _descriptors.RemoveLast(count);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Message(ulong Correlation, int Bytes, int Descriptors);
}
