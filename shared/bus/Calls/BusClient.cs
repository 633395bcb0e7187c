using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;

namespace PvExec.Bus.Calls;

/// <summary>
/// Calls one service: a DEALER that keeps itself connected to the service's Unix socket. Thread-safe; answers arrive on
/// the thread pool. While pv-init starts a service anew its listening socket stays open, so a call made then is
/// answered late rather than refused.
/// </summary>
public sealed partial class BusClient : IAsyncDisposable
{
    /// <summary>A timer takes no more than 2^32 - 2 ms.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private readonly string _server;
    private readonly BusLimits _limits;
    private readonly UnixTransportOptions _transport;
    private readonly ILogger _log;
    private readonly BusOwner _owner;
    private readonly DealerSocket _dealer = new();
    private readonly UnixConnector _connector;
    private readonly CancellationTokenSource _stopping = new();
    private ulong _lastCorrelation;
    private int _disposed;

    // Owner thread only.
    private readonly Dictionary<ulong, PendingCall> _pending = [];
    private readonly LinkedList<PendingCall> _unsent = new();
    private long _pendingBytes;
    private readonly Queue<ulong> _givenUp = new();
    private readonly EventHandler<NetMQSocketEventArgs> _sendReady;
    private bool _waitingToSend;

    // Null until the outcome of the first attempt is known.
    private bool? _connected;

    /// <param name="server">The service's name, for error details.</param>
    /// <param name="path">Its socket.</param>
    public BusClient(string server, string path, BusLimits limits, UnixTransportOptions transport, ILogger<BusClient> log)
    {
        (_server, _limits, _transport, _log) = (server, limits, transport, log);
        _owner = new BusOwner(server + " client", log);
        limits.ApplyTo(_dealer);
        _sendReady = (_, _) => _owner.Guard(SendAll);
        _dealer.ReceiveReady += (_, _) => _owner.Guard(() => Receive(BusOwner.MostPerTurn));
        _owner.Start(_dealer);

        // As long as the socket takes messages it has the connection that has ended, and would lose them with it.
        _connector = new UnixConnector(new Attachment(_dealer, path, _owner.Poller, transport, log), path, transport, log, connected => _owner.Guard(() => OnConnection(connected)), () => !_dealer.HasOut);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="timeLimit">How long to wait for the answer, 49 days at most; the service is told and stops work on it then.</param>
    /// <returns>
    /// The answer, or the service's fault; Unavailable when the service is not there (see <see cref="WhenDown"/>),
    /// DeadlineExceeded after <paramref name="timeLimit"/>, Internal when the answer is of another kind.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up; the service is told.</exception>
    public async Task<Outcome<TReply>> CallAsync<TRequest, TReply>(TRequest request, TimeSpan timeLimit, WhenDown whenDown, CancellationToken cancellationToken)
        where TRequest : IBusMessage<TRequest>
        where TReply : IBusMessage<TReply>
    {
        timeLimit = timeLimit < TimeSpan.Zero ? TimeSpan.Zero : timeLimit < Longest ? timeLimit : Longest;
        ulong correlation = Interlocked.Increment(ref _lastCorrelation);
        byte[] bytes = BusCodec.Encode(request, correlation, timeLimit, TraceParent());
        if (bytes.Length > _limits.MaxFrameBytes)
        {
            return new Fault(FaultKind.InvalidArgument, $"'{TRequest.Kind}' is {bytes.Length} bytes and the bus carries {_limits.MaxFrameBytes} at most");
        }

        long endsAt = _transport.Time.GetTimestamp() + (long)(timeLimit.TotalSeconds * _transport.Time.TimestampFrequency);
        var call = new PendingCall(correlation, bytes, TRequest.Kind, whenDown, endsAt);
        _owner.Post(() => Add(call));
        using var late = new CancellationTokenSource(timeLimit, _transport.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopping.Token, cancellationToken);
        try
        {
            Outcome<Envelope> answer = await call.Answer.WaitAsync(ending.Token).ConfigureAwait(false);
            return answer.Then(Read<TReply>);
        }
        catch (OperationCanceledException)
        {
            _owner.Post(() => GiveUp(call));
            cancellationToken.ThrowIfCancellationRequested();
            return _stopping.IsCancellationRequested
                ? new Fault(FaultKind.Cancelled, $"this service is leaving and no longer waits for {_server} to answer '{TRequest.Kind}'")
                : new Fault(FaultKind.DeadlineExceeded, $"{_server} did not answer '{TRequest.Kind}' within {timeLimit}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _connector.DisposeAsync();
        _owner.Dispose();
        _dealer.Dispose();
    }

    private static string? TraceParent() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    private Outcome<TReply> Read<TReply>(Envelope answer)
        where TReply : IBusMessage<TReply>
    {
        if (answer.Version != Envelope.CurrentVersion)
        {
            return new Fault(FaultKind.FailedPrecondition, $"{_server} answered in version {answer.Version} of the bus: run services of one release together");
        }

        if (answer.Kind != FaultReply.Kind)
        {
            return BusCodec.Body<TReply>(answer).TryGet(out TReply? reply, out Fault? wrong)
                ? reply
                : new Fault(FaultKind.Internal, $"{_server} gave an answer that cannot be read: {wrong.Detail}");
        }

        return BusCodec.Body<FaultReply>(answer).TryGet(out FaultReply? told, out Fault? malformed) ? told.ToFault() : malformed;
    }
}
