using System.Runtime.InteropServices;
using PvExec.Hosting.Succession;
using PvExec.Http2.Loop;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <summary>
/// The line to pv-init over its SEQPACKET socket. Requests of several callers are under way at once; a loop on a thread of
/// its own receives the answers and the exits, and serves whatever else the daemon gives it. Split into the requests (here), the receiving, and the succession of instances.
/// </summary>
public sealed partial class InitConnection : IInit, IAsyncDisposable
{
    /// <summary>How long an acknowledgement waits for a start that it can go with.</summary>
    private static readonly TimeSpan AcknowledgementDelay = TimeSpan.FromMilliseconds(50);

    private readonly PacketSocket _socket;
    private readonly TaskCompletionSource<TimeSpan> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sending = new(); // guards _sender, _unacknowledged and _isAcknowledgementDue; _state may be taken inside
    private readonly Lock _state = new(); // guards _waiting, _running, _lastCorrelation, _isLost, _droppedExits and _onExitsDropped; nothing is taken inside
    private readonly MessageSender _sender = new();
    private readonly Dictionary<ulong, PendingRequest> _waiting = [];
    private readonly Dictionary<ulong, Child> _running = [];
    private readonly List<Child> _owned = [];

    /// <summary>For <see cref="AcknowledgeLater"/>, oldest first.</summary>
    private readonly Queue<ulong> _unacknowledged = [];
    private readonly Action _acknowledgeInTime;
    private bool _isAcknowledgementDue; // the loop will see to it
    private ulong _lastCorrelation;
    private bool _isLost;
    private long _droppedExits;
    private Action<long>? _onExitsDropped;
    private volatile Action<Exception> _onUnexpected = _ => { };

    private InitConnection(PacketSocket socket)
    {
        _socket = socket;
        Loop = new EventLoop(TimeProvider.System, error => _onUnexpected(error));
        _acknowledgeInTime = () => Loop.After(AcknowledgementDelay, AcknowledgeInTime);
    }

    /// <summary>Runs from the start, or from when this instance has taken over, to <see cref="DisposeAsync"/>.</summary>
    internal EventLoop Loop { get; }

    public IReadOnlyList<Child> Owned => _owned;

    public Task<TimeSpan> StopRequested => _stop.Task;

    /// <summary>Completes when the line has broken: pv-init is gone.</summary>
    public Task Lost => _lost.Task;

    /// <summary>
    /// Calls <paramref name="tell"/> when pv-init says that it forgot exits which this service had not acknowledged, with
    /// their number: at once for those told of already, then on the receiving thread. Their children are neither among
    /// <see cref="Owned"/> nor told of again.
    /// </summary>
    public void OnExitsDropped(Action<long> tell)
    {
        long before;
        lock (_state)
        {
            before = _droppedExits;
            _onExitsDropped = tell;
        }

        if (before > 0)
        {
            tell(before);
        }
    }

    /// <summary>Tells <paramref name="tell"/> of bugs that end something on the loop.</summary>
    internal void OnUnexpected(Action<Exception> tell) => _onUnexpected = tell;

    /// <summary>Connects, and learns which children the service owns, unless another instance is the service still (<see cref="IsStandby"/>).</summary>
    public static Task<Outcome<InitConnection>> ConnectAsync(RuntimePaths paths, Service service, CancellationToken cancellationToken) =>
        Task.Run(() => Connect(paths, service), cancellationToken);

    public ValueTask<Outcome<Child>> SpawnAsync(SpawnSpec spec, CancellationToken cancellationToken)
    {
        Outcome<(Spawn Message, SafeHandle[] Descriptors)> made = SpawnMessage.From(spec);
        if (!made.TryGet(out (Spawn Message, SafeHandle[] Descriptors) spawn, out Fault? fault))
        {
            return ValueTask.FromResult<Outcome<Child>>(fault);
        }

        var request = new PendingRequest(spec);
        if (Send(request, spawn.Message, spawn.Descriptors).Fault is { } sendFault)
        {
            return ValueTask.FromResult<Outcome<Child>>(sendFault);
        }

        // Not cancelled half-way: the process would run and nobody would know of it.
        return new ValueTask<Outcome<Child>>(request.Spawned!.Task);
    }

    public async ValueTask<Outcome<Unit>> SignalAsync(Child child, int signal, SignalScope scope, CancellationToken cancellationToken)
    {
        var request = new PendingRequest(null);
        Outcome<Unit> sent = Send(request, new Signal(child.Id, signal, (int)scope), []);
        return sent.Fault is null ? await request.Done!.Task.WaitAsync(cancellationToken) : sent;
    }

    public ValueTask AcknowledgeAsync(Child child, CancellationToken cancellationToken)
    {
        lock (_sending)
        {
            // When the line is broken there is nobody left who remembers the child.
            _ = _sender.Send(_socket, 0, new Acknowledge(child.Id));
        }

        return ValueTask.CompletedTask;
    }

    public void AcknowledgeLater(Child child)
    {
        bool isFirst;
        lock (_sending)
        {
            isFirst = !_isAcknowledgementDue;
            _isAcknowledgementDue = true;
            _unacknowledged.Enqueue(child.Id);
        }

        if (isFirst)
        {
            Loop.Post(_acknowledgeInTime);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_sending)
        {
            AcknowledgeNow();
        }

        _socket.Shutdown();
        if (_isReceiving)
        {
            await _lost.Task;
            Loop.Post(Loop.Stop);
            await Loop.Over;
        }

        Loop.Dispose();
        _socket.Dispose();
    }

    /// <summary><see cref="_sending"/> is held. When the line is broken there is nobody left who remembers the children.</summary>
    private void AcknowledgeNow()
    {
        while (_unacknowledged.TryDequeue(out ulong child))
        {
            _ = _sender.Send(_socket, 0, new Acknowledge(child));
        }
    }

    private void AcknowledgeInTime()
    {
        lock (_sending)
        {
            _isAcknowledgementDue = false;
            AcknowledgeNow();
        }
    }

    private Outcome<Unit> Send<T>(PendingRequest request, T message, SafeHandle[] descriptors)
        where T : IInitMessage<T>
    {
        ulong correlation;
        lock (_state)
        {
            if (_isLost)
            {
                return LostFault;
            }

            correlation = ++_lastCorrelation;
            _waiting.Add(correlation, request);
        }

        bool isSent = false;
        try
        {
            int errno;
            lock (_sending)
            {
                errno = _sender.Send(_socket, correlation, message, descriptors);

                // Behind it: pv-init is busy with the message when they come, and looks for more before it sleeps.
                AcknowledgeNow();
            }

            isSent = errno == 0;
            return errno switch
            {
                0 => Unit.Value,
                Errno.EPIPE => LostFault,
                _ => new Fault(FaultKind.Internal, $"cannot ask pv-init: {Errno.Describe(errno)}"),
            };
        }
        catch (IOException e)
        {
            // A large message goes into a file in memory first: no descriptor or no memory is left. Nothing was sent.
            return new Fault(FaultKind.ResourceExhausted, $"cannot ask pv-init: {e.Message}; try again when less is running, or raise the limit");
        }
        finally
        {
            if (!isSent)
            {
                lock (_state)
                {
                    _waiting.Remove(correlation);
                }
            }
        }
    }

    private static Fault LostFault => new(FaultKind.Unavailable, "the line to pv-init is broken: the service is about to be started again");
}
