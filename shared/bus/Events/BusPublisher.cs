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
    private readonly ConcurrentQueue<(string Kind, ReadOnlyMemory<byte> Body)> _queue = new();

    // What the full queue lost of each kind since the owner thread last looked.
    private readonly ConcurrentDictionary<string, ulong> _dropped = new();

    // Owner thread only: the number of the last event of each kind.
    private readonly Dictionary<string, ulong> _numbers = [];

    // Owner thread only: the topics that somebody has subscribed to.
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);

    // What nobody heard of each kind since the owner thread last looked.
    private readonly ConcurrentDictionary<string, ulong> _unheard = new();

    private volatile bool _isHeard;
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

    /// <summary>
    /// Queues an event. When the queue is full the oldest goes, and so does an event that is too large: subscribers see a gap.
    /// While nobody subscribes to anything events are only counted: a subscriber that comes back sees how many it missed.
    /// </summary>
    public void Publish<T>(T message)
        where T : IBusMessage<T>
    {
        if (!_isHeard)
        {
            _unheard.AddOrUpdate(T.Kind, 1, static (_, count) => count + 1);
            return;
        }

        ReadOnlyMemory<byte> body = BusCodec.EncodeBody(message);
        if (body.Length > _limits.MaxSentBytes)
        {
            BusLog.EventTooLarge(_log, _name, T.Kind, body.Length, _limits.MaxSentBytes);
            _dropped.AddOrUpdate(T.Kind, 1, static (_, count) => count + 1);
            return;
        }

        _queue.Enqueue((T.Kind, body));
        while (_queue.Count > _limits.QueuedMessages && _queue.TryDequeue(out (string Kind, ReadOnlyMemory<byte> Body) oldest))
        {
            _dropped.AddOrUpdate(oldest.Kind, 1, static (_, count) => count + 1);
        }

        if (Interlocked.Exchange(ref _posted, 1) == 0)
        {
            _owner.Post(Send);
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

    private void Send()
    {
        Volatile.Write(ref _posted, 0);
        CountDropped();
        int left = BusOwner.MostPerTurn;
        while (left-- > 0 && _queue.TryDequeue(out (string Kind, ReadOnlyMemory<byte> Body) next))
        {
            ulong number = _numbers.GetValueOrDefault(next.Kind) + 1;
            _numbers[next.Kind] = number;
            var envelope = new Envelope(Envelope.CurrentVersion, next.Kind, number, null, null, next.Body);
            _publisher.SendMoreFrame(next.Kind).SendFrame(BusCodec.Encode(envelope));
        }

        // New subscriptions have their turn in between.
        if (!_queue.IsEmpty && Interlocked.Exchange(ref _posted, 1) == 0)
        {
            _owner.Post(Send);
        }
    }

    // What was dropped has its numbers too, so that subscribers see the gap. One line for all of it: a full queue loses many.
    private void CountDropped()
    {
        Number(_unheard);
        if (Number(_dropped) is var all and > 0)
        {
            BusLog.EventsDropped(_log, _name, all, _limits.QueuedMessages);
        }
    }

    /// <returns>How many there were of all kinds together.</returns>
    private ulong Number(ConcurrentDictionary<string, ulong> unsent)
    {
        ulong all = 0;
        foreach (string kind in unsent.Keys)
        {
            if (unsent.TryRemove(kind, out ulong count))
            {
                _numbers[kind] = _numbers.GetValueOrDefault(kind) + count;
                all += count;
            }
        }

        return all;
    }

    // XPUB keeps the subscriptions itself, and tells of the first and the last one to each topic: a byte, 1 or 0, and the topic.
    private void ReadSubscriptions()
    {
        int left = BusOwner.MostPerTurn;
        while (left-- > 0 && _publisher.TryReceiveFrameBytes(out byte[]? told, out bool more))
        {
            if (told.Length > 0 && told[0] <= 1)
            {
                string topic = Encoding.Latin1.GetString(told, 1, told.Length - 1);
                _ = told[0] == 1 ? _topics.Add(topic) : _topics.Remove(topic);
            }

            if (more)
            {
                _publisher.TrySkipMultipartMessage();
            }
        }

        _isHeard = _topics.Count > 0;
    }
}
