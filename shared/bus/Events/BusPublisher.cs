using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Events;

/// <summary>
/// Tells events to whoever subscribed: an XPUB on a Unix socket. Thread-safe; never waits. A subscriber that does not
/// read loses events of its own and nobody else's, and sees from their numbers how many.
/// </summary>
public sealed class BusPublisher : IAsyncDisposable
{
    private readonly string _name;
    private readonly BusLimits _limits;
    private readonly UnixTransportOptions _transport;
    private readonly ILogger _log;
    private readonly BusOwner _owner;
    private readonly XPublisherSocket _publisher = new();
    private readonly ConcurrentQueue<(byte[] Topic, byte[] Event)> _queue = new();
    private readonly Lock _numbering = new();

    // Guarded by _numbering, which also keeps the queue in the order of the numbers.
    private readonly Dictionary<string, ulong> _numbers = [];

    // Guarded by _numbering: what the full queue lost since that was last logged.
    private long _dropped;

    private int _posted;
    private UnixListener? _listener;
    private int _disposed;

    /// <param name="name">The service, for logs.</param>
    public BusPublisher(string name, BusLimits limits, UnixTransportOptions transport, ILogger<BusPublisher> log)
    {
        (_name, _limits, _transport, _log) = (name, limits, transport, log);
        _owner = new BusOwner(name + " events", log);
        limits.ApplyTo(_publisher);
        _publisher.ReceiveReady += (_, _) => _owner.Guard(ReadSubscriptions);
    }

    /// <summary>Publishes on a path of its own.</summary>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public void Start(string path)
    {
        _owner.Start(_publisher);
        _listener = _publisher.BindUnix(path, _owner.Poller, _transport, _log);
    }

    /// <summary>Publishes on a listening socket that was passed to the process; it is owned from now on.</summary>
    public void Start(SafeSocketHandle listening)
    {
        _owner.Start(_publisher);
        _listener = _publisher.BindUnix(listening, _owner.Poller, _transport, _log);
    }

    /// <summary>Queues an event. When the queue is full the oldest goes, which subscribers see as a gap.</summary>
    public void Publish<T>(T message)
        where T : IBusMessage<T>
    {
        lock (_numbering)
        {
            ulong number = _numbers.GetValueOrDefault(T.Kind) + 1;
            _numbers[T.Kind] = number;
            _queue.Enqueue((Encoding.UTF8.GetBytes(T.Kind), BusCodec.Encode(message, number, null, null)));
            while (_queue.Count > _limits.QueuedMessages && _queue.TryDequeue(out _))
            {
                _dropped++;
            }
        }

        if (Interlocked.Exchange(ref _posted, 1) == 0)
        {
            _owner.Post(SendAll);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _owner.Dispose();
        _publisher.Dispose();
    }

    private void SendAll()
    {
        Volatile.Write(ref _posted, 0);
        LogDropped();
        while (_queue.TryDequeue(out (byte[] Topic, byte[] Event) next))
        {
            _publisher.SendMoreFrame(next.Topic).SendFrame(next.Event);
        }
    }

    // Here rather than for each: a full queue loses many.
    private void LogDropped()
    {
        long dropped;
        lock (_numbering)
        {
            (dropped, _dropped) = (_dropped, 0);
        }

        if (dropped > 0)
        {
            BusLog.EventsDropped(_log, _name, dropped, _limits.QueuedMessages);
        }
    }

    // XPUB keeps the subscriptions itself; what it tells of them is not needed.
    private void ReadSubscriptions()
    {
        while (_publisher.TrySkipMultipartMessage())
        {
            continue;
        }
    }
}
