using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>The connections: who is there and what they ask.</summary>
internal sealed partial class Supervisor
{
    /// <summary>Packets taken from one line before the others have their turn.</summary>
    private const int Burst = 32;

    /// <summary>More bursts than a socket's buffer holds: the end of what a process said is found before.</summary>
    private const int MaxDrainTurns = 1000;

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

            Watch(line);
        }

        // Whoever waits goes on waiting, and the socket stays readable: without a pause the loop would turn at full speed.
        if (errno is not (Errno.EAGAIN or Errno.EINTR or Errno.ECONNABORTED))
        {
            InitLog.AcceptPaused(Errno.Describe(errno), AcceptPause);
            _poll.Change(_sockets.Init.Handle, InitToken, PollEvents.None);
            _acceptAt = Clock.Monotonic + AcceptPause;
        }
    }

    /// <summary>From now on the line is served. One that epoll has no room for is closed: its owner asks again on a new one.</summary>
    private void Watch(Line line)
    {
        try
        {
            _poll.Add(line.Socket.Handle, line.Token, PollEvents.Readable);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        _lines.Add(line.Token, line);
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

    /// <summary>Deals with all that a process said before it ended.</summary>
    private void Drain(Line line)
    {
        for (int turn = 0; turn < MaxDrainTurns && !line.Closed; turn++)
        {
            ServeLine(line.Token, PollEvents.Readable);
        }
    }

    /// <summary>The request cannot be carried out, but the line is sound.</summary>
    private void RefuseDescriptors(Line line, in InitPacket packet)
    {
        if (line.Instance is null || packet.Correlation == 0)
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
        else if (packet.Type == MessageType.RestartService)
        {
            Restart(line, packet);
        }
        else if (packet.Type == MessageType.TakeOver)
        {
            TakeOver(line, packet);
        }
        else if (packet.Type == MessageType.HandedOver)
        {
            HandedOver(line, packet);
        }
        else if (packet.Type is not (MessageType.Spawn or MessageType.Signal or MessageType.Acknowledge))
        {
            Malformed(line, $"a message of type {(int)packet.Type}");
        }
        else if (line.Service is not { } service)
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.PermissionDenied, line.Instance is null
                ? "only a service of this pv-init may ask for that"
                : "another instance of this service may ask for that, this one may not"));
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
            if (line.Instance is { } instance && instance.Line == line)
            {
                instance.Line = null;
                ForgetExternal(instance);
            }

            line.Dispose();
            if (_acceptAt != long.MaxValue)
            {
                AcceptAgain();
            }
        }
    }
}
