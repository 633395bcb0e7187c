using Microsoft.Extensions.Logging;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Events;

/// <summary>
/// Hears the events of one service: a SUB that keeps itself connected and subscribed. What is published while there is
/// no connection is not heard.
/// </summary>
public sealed class BusSubscriber : IAsyncDisposable
{
    private readonly string _publisher;
    private readonly BusLimits _limits;
    private readonly ILogger _log;
    private readonly BusOwner _owner;
    private readonly SubscriberSocket _socket = new();
    private readonly UnixConnector _connector;
    private int _disposed;

    // Owner thread only.
    private readonly Dictionary<string, List<(Action<Envelope> Take, Action End)>> _streams = [];

    /// <param name="publisher">The service's name, for logs.</param>
    /// <param name="path">Its events socket.</param>
    public BusSubscriber(string publisher, string path, BusLimits limits, UnixTransportOptions transport, ILogger<BusSubscriber> log)
    {
        (_publisher, _limits, _log) = (publisher, limits, log);
        _owner = new BusOwner(publisher + " subscriber", log);
        limits.ApplyTo(_socket);
        _socket.ReceiveReady += (_, _) => _owner.Guard(Receive);
        _owner.Start(_socket);
        _connector = _socket.ConnectUnix(path, _owner.Poller, transport, log);
    }

    /// <summary>Starts to hear events of that kind.</summary>
    /// <param name="capacity">How many may wait to be read before the oldest is dropped; no more than <see cref="BusLimits.QueuedBytes"/> of them in any case.</param>
    public EventStream<T> Subscribe<T>(int capacity)
        where T : IBusMessage<T>
    {
        var stream = new EventStream<T>(capacity, _limits.QueuedBytes, detail => BusLog.Unreadable(_log, _publisher, detail));
        _owner.Post(() =>
        {
            if (!_streams.TryGetValue(T.Kind, out var sinks))
            {
                _streams.Add(T.Kind, sinks = []);
                _socket.Subscribe(T.Kind);
            }

            sinks.Add((stream.Take, stream.End));
        });
        return stream;
    }

    /// <summary>Ends every stream.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _connector.DisposeAsync();
        _owner.Dispose();
        foreach ((Action<Envelope> _, Action end) in _streams.Values.SelectMany(sinks => sinks))
        {
            end();
        }

        _socket.Dispose();
    }

    // What is left is there at the poller's next turn.
    private void Receive()
    {
        var frames = new NetMQMessage(2);
        for (int left = BusOwner.MostPerTurn; left > 0 && _socket.TryReceiveMultipartMessage(ref frames, 2); left--)
        {
            Outcome<Envelope> decoded = frames.FrameCount == 2
                ? BusCodec.Decode(frames[1].ToByteArray())
                : new Fault(FaultKind.InvalidArgument, $"an event has {frames.FrameCount} frames instead of two");
            if (!decoded.TryGet(out Envelope? envelope, out Fault? malformed))
            {
                BusLog.Unreadable(_log, _publisher, malformed.Detail);
                continue;
            }

            // A subscription is a prefix: a longer topic that nobody asked for has no streams.
            foreach ((Action<Envelope> take, _) in _streams.GetValueOrDefault(envelope.Kind) ?? [])
            {
                take(envelope);
            }
        }
    }
}
