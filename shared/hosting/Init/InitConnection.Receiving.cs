using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Succession;
using PvExec.Http2.Loop;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <content>What is received.</content>
public sealed partial class InitConnection
{
    private static readonly IReadOnlyDictionary<string, SafeHandle> NoDescriptors = new Dictionary<string, SafeHandle>();

    /// <summary>getrusage(2) counts in blocks of that size.</summary>
    private const long BlockBytes = 512;

    /// <summary>Handlers of calls go on on that thread.</summary>
    private const int StackBytes = 1024 * 1024;

    private readonly MessageReceiver _receiver = new();
    private bool _isReceiving; // not while a new instance waits to take over

    private static Outcome<InitConnection> Connect(RuntimePaths paths, Service service)
    {
        Outcome<PacketSocket> connected = InitLine.Connect(paths);
        if (!connected.TryGet(out PacketSocket? socket, out Fault? fault))
        {
            return fault;
        }

        var connection = new InitConnection(socket);
        Outcome<Unit> greeted = connection.Greet(paths, service);
        if (!greeted.Succeeded(out fault))
        {
            socket.Dispose();
            return fault;
        }

        if (!connection.IsStandby)
        {
            connection.StartReceiving();
        }

        return connection;
    }

    private void StartReceiving()
    {
        _isReceiving = true;
        _socket.ReceivesAtOnce = true;
        var line = new Line(this);
        line.Token = Loop.Add(_socket.Handle, line, PollEvents.Readable);
        new Thread(Loop.Run, StackBytes) { IsBackground = true, Name = "calls" }.Start();
    }

    private Outcome<Unit> Greet(RuntimePaths paths, Service service)
    {
        int errno = _sender.Send(_socket, 0, new Hello(InitProtocol.Version, service.Name()));
        if (errno is not (0 or Errno.EPIPE))
        {
            return new Fault(FaultKind.Internal, $"cannot speak to pv-init on '{paths.Init}': {Errno.Describe(errno)}");
        }

        return ReceiveOwned(paths);
    }

    /// <summary>Takes what the service owns, up to the message that ends it: Welcome, TookOver or Failed.</summary>
    private Outcome<Unit> ReceiveOwned(RuntimePaths paths)
    {
        ReceiveResult result;
        while ((result = _receiver.Receive(_socket, out InitPacket packet, out _)) == ReceiveResult.Message)
        {
            if (packet.Type == MessageType.Owned && packet.TryRead(out Owned owned))
            {
                Adopt(owned);
            }
            else if (packet.Type == MessageType.Stored && packet.TryRead(out Stored stored))
            {
                _stored.AddRange(TakeDescriptors([stored.Name]));
            }
            else if (packet.Type == MessageType.Failed && packet.TryRead(out Failed failed))
            {
                return new Fault((FaultKind)failed.Kind, failed.Detail);
            }
            else if (packet.Type == MessageType.ExitsDropped && packet.TryRead(out ExitsDropped dropped))
            {
                NoteDropped(dropped);
            }
            else if (packet.Type == MessageType.Welcome && packet.TryRead(out Welcome welcome))
            {
                IsStandby = welcome.Standby;
                Inherited = Inheritance.None with { Stored = _stored };
                return Unit.Value;
            }
            else if (packet.Type == MessageType.TookOver && packet.TryRead(out TookOver tookOver))
            {
                return Inherit(tookOver);
            }

            _receiver.DropDescriptors();
        }

        if (result == ReceiveResult.DescriptorsLost)
        {
            return new Fault(FaultKind.ResourceExhausted, "there is no room for the descriptors of what already runs: raise the hard limit of open files (ulimit -Hn)");
        }

        return new Fault(FaultKind.Unavailable, $"pv-init closed the line on '{paths.Init}': it is stopping, or runs as another user");
    }

    private void Adopt(Owned owned)
    {
        Dictionary<string, SafeHandle> kept = TakeDescriptors(owned.Kept).ToDictionary(one => one.Name, one => one.Handle);
        var child = new Child(owned.Child, owned.Pid, owned.Label, Time(owned.StartedMicroseconds), owned.State, kept, group: owned.Group);
        _owned.Add(child);
        if (owned.Exit is { } exit)
        {
            child.SetExited(ToExit(exit));
        }
        else
        {
            _running.Add(child.Id, child);
        }
    }

    /// <summary>The first descriptors of the last message; they are the caller's from now on.</summary>
    private List<KeptDescriptor> TakeDescriptors(IReadOnlyList<string> names)
    {
        var taken = new List<KeptDescriptor>(names.Count);
        for (int i = 0; i < names.Count && i < _receiver.Descriptors.Count; i++)
        {
            taken.Add(new KeptDescriptor(names[i], _receiver.Descriptors[i]));
        }

        _receiver.Descriptors.RemoveRange(0, taken.Count);
        return taken;
    }

    /// <summary>pv-init is gone: nothing that it was asked will be answered.</summary>
    private void Lose()
    {
        PendingRequest[] unanswered;
        lock (_state)
        {
            _isLost = true;
            unanswered = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (PendingRequest request in unanswered)
        {
            request.Fail(LostFault);
        }

        _lost.TrySetResult();
    }

    private void Handle(in InitPacket packet)
    {
        switch (packet.Type)
        {
            case MessageType.Exited when packet.TryRead(out Exited exited):
                Child? ended;
                lock (_state)
                {
                    _running.Remove(exited.Child, out ended);
                }

                ended?.SetExited(ToExit(exited));
                break;
            case MessageType.Spawned when Take(packet) is { Spec: { } spec } request && packet.TryRead(out Spawned spawned):
                var child = new Child(
                    spawned.Child, spawned.Pid, spec.Label, Time(spawned.StartedMicroseconds), spec.State, NoDescriptors, TakePidFd(spec), spec.GoesOnAtOnce, spawned.Group);
                lock (_state)
                {
                    _running.Add(child.Id, child);
                }

                request.Spawned!.TrySetResult(child);
                break;
            case MessageType.SpawnFailed when Take(packet) is { Spec: { } spec } request && packet.TryRead(out SpawnFailed failed):
                request.Fail(SpawnFault.From(spec, failed));
                break;
            case MessageType.Done when Take(packet) is { } request:
                request.Done?.TrySetResult(Unit.Value);
                break;
            case MessageType.Failed when Take(packet) is { } request && packet.TryRead(out Failed failed):
                request.Fail(new Fault((FaultKind)failed.Kind, failed.Detail));
                break;
            case MessageType.ExitsDropped when packet.TryRead(out ExitsDropped dropped):
                NoteDropped(dropped);
                break;
            case MessageType.StopRequested when packet.TryRead(out StopRequested stop):
                _stop.TrySetResult(TimeSpan.FromMilliseconds(stop.MillisecondsLeft));
                break;
            case MessageType.HandOverRequested when packet.TryRead(out HandOverRequested request):
                _handOver.TrySetResult(TimeSpan.FromMilliseconds(request.MillisecondsLeft));
                break;
            default:
                // A later pv-init may say more than this version understands.
                break;
        }
    }

    private SafeFileHandle? TakePidFd(SpawnSpec spec)
    {
        if (!spec.HoldPidFd || _receiver.Descriptors.Count == 0)
        {
            return null;
        }

        SafeFileHandle pidFd = _receiver.Descriptors[0];
        _receiver.Descriptors.RemoveAt(0);
        return pidFd;
    }

    private void NoteDropped(ExitsDropped dropped)
    {
        Action<long>? tell;
        lock (_state)
        {
            _droppedExits += dropped.Count;
            tell = _onExitsDropped;
        }

        tell?.Invoke(dropped.Count);
    }

    private PendingRequest? Take(in InitPacket packet)
    {
        lock (_state)
        {
            _waiting.Remove(packet.Correlation, out PendingRequest? request);
            return request;
        }
    }

    private static ChildExit ToExit(Exited exited) => new(
        exited.Signal == 0 ? ExitStatus.Exited(exited.Code) : ExitStatus.Signaled(exited.Signal, exited.CoreDumped),
        Time(exited.EndedMicroseconds),
        TimeSpan.FromMicroseconds(exited.UserMicroseconds),
        TimeSpan.FromMicroseconds(exited.SystemMicroseconds),
        exited.MaxResidentBytes)
    {
        Started = Time(exited.StartedMicroseconds),
        OomKilled = exited.OomKilled,
        MinorFaults = exited.MinorFaults,
        MajorFaults = exited.MajorFaults,
        ReadBytes = exited.BlocksRead * BlockBytes,
        WrittenBytes = exited.BlocksWritten * BlockBytes,
        VoluntarySwitches = exited.VoluntarySwitches,
        InvoluntarySwitches = exited.InvoluntarySwitches,
        Group = exited.Group,
    };

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
