using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>The connections: who is there and what they ask.</summary>
internal sealed partial class Supervisor
{
    /// <summary>Packets taken from one line before the others have their turn.</summary>
    private const int Burst = 32;

    /// <summary>Milliseconds without accepting when there is no descriptor left; a line that closes ends it.</summary>
    private const int AcceptPause = 1000;

    private readonly Dictionary<long, Line> _lines = [];
    private long _lastToken = FirstLineToken;

    /// <summary>When to accept again after there was no descriptor left to accept with.</summary>
    private long _acceptAt = long.MaxValue;

    private void AcceptLines()
    {
        int errno;
        while (_sockets.Init.TryAccept(out errno) is { } socket)
        {
            var line = new Line(++_lastToken, socket);
            if (line.Peer.Uid != EffectiveUser.Id)
            {
                InitLog.Refused(line.Peer.Pid, line.Peer.Uid);
                line.Dispose();
                continue;
            }

            _lines.Add(line.Token, line);
            _poll.Add(socket.Handle, line.Token, PollEvents.Readable);
        }

        // Whoever waits goes on waiting, and the socket stays readable: without a pause the loop would turn at full speed.
        if (errno is not (Errno.EAGAIN or Errno.EINTR or Errno.ECONNABORTED))
        {
            InitLog.AcceptPaused(Errno.Describe(errno), AcceptPause);
            _poll.Change(_sockets.Init.Handle, InitToken, PollEvents.None);
            _acceptAt = Clock.Monotonic + AcceptPause;
        }
    }

    private void AcceptAgain()
    {
        _acceptAt = long.MaxValue;
        _poll.Change(_sockets.Init.Handle, InitToken, PollEvents.Readable);
    }

    private void ServeLine(long token, PollEvents events)
    {
        if (!_lines.TryGetValue(token, out Line? line))
        {
            return;
        }

        if (events.HasFlag(PollEvents.Writable))
        {
            Settle(line, line.Flush());
        }

        for (int i = 0; i < Burst && !line.Closed; i++)
        {
            ReceiveResult result = _receiver.Receive(line.Socket, out InitPacket packet, out int errno);
            switch (result)
            {
                case ReceiveResult.Message:
                    Handle(line, packet);
                    _receiver.DropDescriptors();
                    break;
                case ReceiveResult.DescriptorsLost:
                    RefuseDescriptors(line, packet);
                    break;
                case ReceiveResult.Malformed:
                    Malformed(line, "a packet that is no message");
                    break;
                case ReceiveResult.Nothing when errno == Errno.EAGAIN:
                    return;
                case ReceiveResult.Nothing or ReceiveResult.Ended:
                    Close(line);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(token), result, "no such result");
            }
        }
    }

    /// <summary>The request cannot be carried out, but the line is sound.</summary>
    private void RefuseDescriptors(Line line, in InitPacket packet)
    {
        if (line.Service is null || packet.Correlation == 0)
        {
            Malformed(line, "descriptors that there was no room for");
            return;
        }

        const string Detail = "pv-init may have no more descriptors open, and this start needs some: let some tasks end, or raise the hard limit of open files (ulimit -Hn) of the daemon";
        Reply(line, packet.Correlation, new Failed((int)FaultKind.ResourceExhausted, Detail));
    }

    private void Handle(Line line, in InitPacket packet)
    {
        if (packet.Type == MessageType.Hello)
        {
            Greet(line, packet);
        }
        else if (!line.Greeted)
        {
            Malformed(line, $"{packet.Type} before Hello");
        }
        else if (packet.Type == MessageType.ListServices)
        {
            Reply(line, packet.Correlation, List());
        }
        else if (packet.Type is not (MessageType.Spawn or MessageType.Signal or MessageType.Acknowledge))
        {
            Malformed(line, $"a message of type {(int)packet.Type}");
        }
        else if (line.Service is not { } service)
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.PermissionDenied, "only a service of this pv-init may ask for that"));
        }
        else if (packet.Type == MessageType.Spawn)
        {
            Spawn(line, service, packet);
        }
        else if (packet.Type == MessageType.Signal)
        {
            Signal(line, service, packet);
        }
        else
        {
            Acknowledge(line, service, packet);
        }
    }

    private void Greet(Line line, in InitPacket packet)
    {
        if (!packet.TryRead(out Hello hello) || line.Greeted)
        {
            Malformed(line, "a Hello that cannot be read, or a second one");
            return;
        }

        if (hello.Version != InitProtocol.Version)
        {
            Reply(line, packet.Correlation, new Failed(
                (int)FaultKind.FailedPrecondition,
                $"pv-init speaks version {InitProtocol.Version} and the caller version {hello.Version}: use programs of one build"));
            Close(line);
            return;
        }

        line.Greeted = true;
        SupervisedService? service = Array.Find(_services, one => one.Pid != 0 && one.Pid == line.Peer.Pid);
        if (service is not null)
        {
            if (service.Line is { } earlier)
            {
                Close(earlier);
            }

            line.Service = service;
            service.Line = line;
            TellOwned(line, service);
        }

        Reply(line, packet.Correlation, new Welcome(InitProtocol.Version, service?.Name ?? ""));
        if (service is { StopPending: true })
        {
            AskToStop(service);
        }
    }

    private ServiceList List()
    {
        long now = Clock.Monotonic;
        var list = new List<ServiceStatus>(_services.Length + 1)
        {
            new("init", Environment.ProcessId, _step == StopStep.NotStopping ? "ready" : "stopping", OwnStatus(), 0, now - _startedAt, Resident(Environment.ProcessId)),
        };
        foreach (SupervisedService service in _services)
        {
            bool runs = service.Pid != 0;
            list.Add(new ServiceStatus(
                service.Name,
                service.Pid,
                service.State.Name(),
                service.StatusText,
                service.Restarts,
                runs ? now - service.StartedAt : 0,
                runs ? Resident(service.Pid) : 0));
        }

        return new ServiceList(list);
    }

    private static long Resident(int pid) => (ProcessStat.TryRead(pid)?.ResidentPages ?? 0) * Environment.SystemPageSize;

    private void Reply<T>(Line line, ulong correlation, T message, System.Runtime.InteropServices.SafeHandle[]? descriptors = null)
        where T : IInitMessage<T>
    {
        if (!line.Closed)
        {
            Settle(line, line.Send(_sender, correlation, message, descriptors));
        }
    }

    /// <summary>Acts on what a send returned.</summary>
    private void Settle(Line line, int errno)
    {
        switch (errno)
        {
            case 0:
                if (line.IsWatchedForWriting)
                {
                    line.IsWatchedForWriting = false;
                    _poll.Change(line.Socket.Handle, line.Token, PollEvents.Readable);
                }

                break;
            case Errno.EAGAIN:
                line.IsWatchedForWriting = true;
                _poll.Change(line.Socket.Handle, line.Token, PollEvents.Readable | PollEvents.Writable);
                break;
            default:
                Close(line);
                break;
        }
    }

    /// <summary>Closes a line whose message could not be dealt with: its owner waits for an answer, and asks again on a new line.</summary>
    private void Abandon(long token) => Guard(() =>
    {
        _receiver.DropDescriptors();
        if (_lines.TryGetValue(token, out Line? line))
        {
            Close(line);
        }
    });

    private void Malformed(Line line, string what)
    {
        InitLog.Malformed(line.Peer.Pid, what);
        Close(line);
    }

    private void Close(Line line)
    {
        if (_lines.Remove(line.Token))
        {
            _poll.Remove(line.Socket.Handle);
            if (line.Service is { } service && service.Line == line)
            {
                service.Line = null;
            }

            line.Dispose();
            if (_acceptAt != long.MaxValue)
            {
                AcceptAgain();
            }
        }
    }
}
