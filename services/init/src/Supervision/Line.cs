using System.Runtime.InteropServices;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>A connection to pv-init. What the other end is too slow to take waits here.</summary>
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
    public int Send<T>(InitClient.MessageSender sender, ulong correlation, T message, SafeHandle[]? descriptors = null)
        where T : IInitMessage<T>
    {
        if (_waiting.Count == 0)
        {
            int errno = sender.Send(Socket, correlation, message, descriptors);
            if (errno != Linux.Errno.EAGAIN)
            {
                return errno;
            }
        }

        if (_waiting.Count >= MaxWaiting)
        {
            return Linux.Errno.EPIPE;
        }

        _waiting.Enqueue(() => sender.Send(Socket, correlation, message, descriptors));
        return Linux.Errno.EAGAIN;
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
}
