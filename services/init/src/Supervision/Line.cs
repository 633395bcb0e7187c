using PvExec.InitClient;
using PvExec.Linux;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>A connection to pv-init. Used again for later ones: who holds it beyond a turn of the loop looks at <see cref="Token"/>.</summary>
internal sealed class Line
{
    private readonly Outbox _outbox = new();

    /// <summary>Different for every connection.</summary>
    public long Token { get; private set; }

    public PacketConnection Socket { get; } = new();

    public PeerCredentials Peer => Socket.Peer;

    /// <summary>Null for a caller that is no service, or that has not said Hello.</summary>
    public ServiceInstance? Instance { get; set; }

    /// <summary>The service that the caller is, and may ask for; null for other callers, and for an instance that is not the service.</summary>
    public SupervisedService? Service => Instance is { Owns: true, Service: var service } instance && service.Current == instance ? service : null;

    public bool Greeted { get; set; }

    public bool Closed { get; private set; } = true;

    /// <summary>Whether the event loop is to call <see cref="Flush"/> when there is room again.</summary>
    public bool IsWatchedForWriting { get; set; }

    /// <summary>Begins a life.</summary>
    /// <param name="number">Of a connection that was accepted: this one's from now on.</param>
    public void Open(long token, int number)
    {
        Token = token;
        Socket.Open(number);
        (Instance, Greeted, Closed, IsWatchedForWriting) = (null, false, false, false);
    }

    /// <summary>Sends, or queues behind what waits.</summary>
    /// <returns>0, EAGAIN when it waits, or why the line is broken.</returns>
    public int Send<T>(MessageSender sender, ulong correlation, T message, ReadOnlySpan<int> descriptors)
        where T : IInitMessage<T>
    {
        ReadOnlySpan<byte> bytes = sender.Write(correlation, message);
        int errno = _outbox.IsEmpty ? MessageSender.SendNumbers(Socket, correlation, bytes, descriptors) : Errno.EAGAIN;
        if (errno != Errno.EAGAIN)
        {
            return errno;
        }

        errno = _outbox.Add(correlation, bytes, descriptors);

        // A pidfd is told to be missing when there is no descriptor left to hold it with.
        return errno == Errno.EMFILE && T.Type == MessageType.Spawned ? _outbox.Add(correlation, bytes, []) : errno;
    }

    /// <summary>Sends what waits, as far as the other end takes it.</summary>
    /// <returns>0 when nothing waits any more, EAGAIN, or why the line is broken.</returns>
    public int Flush() => _outbox.Flush(Socket);

    public void Close()
    {
        Closed = true;
        Instance = null;
        Socket.Close();
        _outbox.Clear();
    }
}
