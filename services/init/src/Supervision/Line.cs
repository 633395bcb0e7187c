using System.Runtime.InteropServices;
using PvExec.Init.Children;
using PvExec.InitClient;
using PvExec.Linux;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>A connection to pv-init. What the other end is too slow to take waits here; only that is allocated.</summary>
internal sealed class Line(long token, PacketSocket socket) : IDisposable
{
    /// <summary>More than that, and the other end is stuck: the line is closed. Nothing is lost, exits are told again.</summary>
    public const int MaxWaiting = 100_000;

    private readonly Queue<Func<int>> _waiting = [];

    public long Token { get; } = token;

    public PacketSocket Socket { get; } = socket;

    public PeerCredentials Peer { get; } = socket.Peer;

    /// <summary>Null for a caller that is no service, or that has not said Hello.</summary>
    public ServiceInstance? Instance { get; set; }

    /// <summary>The service that the caller is, and may ask for; null for other callers, and for an instance that is not the service.</summary>
    public SupervisedService? Service => Instance is { Owns: true, Service: var service } instance && service.Current == instance ? service : null;

    public bool Greeted { get; set; }

    public bool Closed { get; private set; }

    /// <summary>Whether the event loop is to call <see cref="Flush"/> when there is room again.</summary>
    public bool IsWatchedForWriting { get; set; }

    /// <summary>Sends, or queues behind what waits.</summary>
    /// <returns>0, EAGAIN when it waits, or why the line is broken.</returns>
    public int Send<T>(MessageSender sender, ulong correlation, T message, SafeHandle[]? descriptors = null)
        where T : IInitMessage<T>
    {
        int errno = _waiting.Count == 0 ? sender.Send(Socket, correlation, message, descriptors) : Errno.EAGAIN;
        return errno == Errno.EAGAIN ? WaitToSend(sender, correlation, message, descriptors) : errno;
    }

    /// <summary>As <see cref="Send"/>, with descriptors of a child: its pidfd with Spawned, what is kept with Owned.</summary>
    public int SendWith<T>(MessageSender sender, ulong correlation, T message, ChildRecord child)
        where T : IInitMessage<T>
    {
        int errno = _waiting.Count == 0 ? sender.SendNumbers(Socket, correlation, message, DescriptorsOf<T>(child)) : Errno.EAGAIN;
        return errno == Errno.EAGAIN ? WaitToSendWith(sender, correlation, message, child, child.Id) : errno;
    }

    /// <summary>Sends what waits, as far as the other end takes it.</summary>
    /// <returns>0 when nothing waits any more, EAGAIN, or why the line is broken.</returns>
    public int Flush()
    {
        while (_waiting.TryPeek(out Func<int>? send))
        {
            int errno = send();
            if (errno != 0)
            {
                return errno;
            }

            _waiting.Dequeue();
        }

        return 0;
    }

    public void Dispose()
    {
        Closed = true;
        Socket.Dispose();
    }

    private static ReadOnlySpan<int> DescriptorsOf<T>(ChildRecord child)
        where T : IInitMessage<T> => T.Type == MessageType.Owned ? child.Kept : child.PidFd;

    // In methods of their own: what a lambda captures is allocated where its method begins.
    private int WaitToSend<T>(MessageSender sender, ulong correlation, T message, SafeHandle[]? descriptors)
        where T : IInitMessage<T> => WaitToSend(() => sender.Send(Socket, correlation, message, descriptors));

    /// <summary>Its record may be another child's by the time there is room: the descriptors are then gone.</summary>
    private int WaitToSendWith<T>(MessageSender sender, ulong correlation, T message, ChildRecord child, ulong id)
        where T : IInitMessage<T> => WaitToSend(() => sender.SendNumbers(Socket, correlation, message, child.Id == id ? DescriptorsOf<T>(child) : []));

    private int WaitToSend(Func<int> send)
    {
        if (_waiting.Count >= MaxWaiting)
        {
            return Errno.EPIPE;
        }

        _waiting.Enqueue(send);
        return Errno.EAGAIN;
    }
}
