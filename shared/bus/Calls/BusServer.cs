using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;

namespace PvExec.Bus.Calls;

/// <summary>
/// Answers calls: a ROUTER on a Unix socket. Register every handler, then start it. A handler is entered on the owner
/// thread and must not block there; after its first await it runs on the thread pool.
/// </summary>
public sealed partial class BusServer : IAsyncDisposable
{
    /// <summary>What NetMQ puts in a peer's place when its connection has ended: one byte that no envelope starts with.</summary>
    internal const byte GoneMark = 0xC1;

    private readonly string _name;
    private readonly BusLimits _limits;
    private readonly UnixTransportOptions _transport;
    private readonly ILogger _log;
    private readonly BusOwner _owner;
    private readonly RouterSocket _router = new();
    private readonly Dictionary<string, Handler> _handlers = [];
    private readonly CancellationTokenSource _stopping = new();

    // Owner thread only.
    private readonly Dictionary<string, BusPeer> _peers = [];
    private int _inFlight;
    private long _bytesInFlight;

    /// <summary>What a timer can wait at most, with room to spare.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(24);

    private UnixListener? _listener;
    private int _disposed;

    /// <param name="name">The service, for logs and error details.</param>
    public BusServer(string name, BusLimits limits, UnixTransportOptions transport, ILogger<BusServer> log)
    {
        (_name, _limits, _transport, _log) = (name, limits, transport, log);
        _owner = new BusOwner(name, log);
        limits.ApplyTo(_router);
        _router.Options.DisconnectMessage = [GoneMark];
        _router.ReceiveReady += (_, _) => _owner.Guard(Receive);
    }

    private delegate Task<byte[]> Handler(Envelope request, BusCall call, CancellationToken cancellationToken);

    /// <inheritdoc cref="BusOwner.PingAsync"/>
    public Task PingAsync() => _owner.PingAsync();

    /// <summary>The kinds that have a handler.</summary>
    public IReadOnlyCollection<string> Kinds => _handlers.Keys;

    /// <summary>
    /// Answers <typeparamref name="TRequest"/>. The token is cancelled at the caller's deadline, when the caller gives
    /// up, when its connection ends and when the server stops.
    /// </summary>
    public void Handle<TRequest, TReply>(Func<TRequest, BusCall, CancellationToken, Task<Outcome<TReply>>> handler)
        where TRequest : IBusMessage<TRequest>
        where TReply : IBusMessage<TReply>
    {
        _handlers.Add(TRequest.Kind, async (envelope, call, cancellationToken) =>
        {
            if (!BusCodec.Body<TRequest>(envelope).TryGet(out TRequest? request, out Fault? malformed))
            {
                return Encode(FaultReply.From(malformed), envelope.Correlation);
            }

            Outcome<TReply> outcome = await handler(request, call, cancellationToken);
            return outcome.TryGet(out TReply? reply, out Fault? fault)
                ? Encode(reply, envelope.Correlation)
                : Encode(FaultReply.From(fault), envelope.Correlation);
        });
    }

    /// <summary>Serves on a path of its own.</summary>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public void Start(string path)
    {
        _owner.Start(_router);
        _listener = _router.BindUnix(path, _owner.Poller, _transport, _log);
    }

    /// <summary>Serves on a listening socket that was passed to the process; it is owned from now on.</summary>
    public void Start(SafeSocketHandle listening)
    {
        _owner.Start(_router);
        _listener = _router.BindUnix(listening, _owner.Poller, _transport, _log);
    }

    /// <summary>Cancels what is under way and closes every connection. No answer is sent for what was cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _owner.Dispose();
        foreach (BusPeer peer in _peers.Values)
        {
            peer.End();
        }

        _router.Dispose();
    }

    private static byte[] Encode<T>(T message, ulong correlation)
        where T : IBusMessage<T> => BusCodec.Encode(message, correlation, null, null);
}
