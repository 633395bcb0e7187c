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

    private const int MaxFreeLines = 64;

    private readonly Dictionary<long, Line> _lines = [];
    private readonly Stack<Line> _freeLines = new(MaxFreeLines);
    private long _lastToken = FirstLineToken;

    /// <summary>When to accept again after there was no descriptor left to accept with.</summary>
    private long _acceptAt = long.MaxValue;

    private void AcceptLines()
    {
        int errno;
        while (_sockets.Init.TryAcceptNumber(out errno) is >= 0 and var number)
        {
            Line line = _freeLines.TryPop(out Line? free) ? free : new Line();
            line.Open(++_lastToken, number);
            if (line.Peer.Uid != EffectiveUser.Id)
            {
                InitLog.Refused(line.Peer.Pid, line.Peer.Uid);
                GiveBack(line);
            }
            else if (!_poll.TryAddNumber(number, line.Token, PollEvents.Readable))
            {
                // Its owner asks again on a new one.
                InitLog.NotWatched(line.Peer.Pid);
                GiveBack(line);
            }
            else
            {
                _lines.Add(line.Token, line);
            }
        }

        // Whoever waits goes on waiting, and the socket stays readable: without a pause the loop would turn at full speed.
        if (errno is not (Errno.EAGAIN or Errno.EINTR or Errno.ECONNABORTED))
        {
            InitLog.AcceptPaused(errno, AcceptPause);
            _poll.Change(_sockets.Init.Handle, InitToken, PollEvents.None);
            _acceptAt = Clock.Monotonic + AcceptPause;
        }
    }

    /// <summary>Closes a line that is not served. It is used again for a connection that is accepted in a later turn of the loop.</summary>
    private void GiveBack(Line line)
    {
        line.Close();
        if (_freeLines.Count < MaxFreeLines)
        {
            _freeLines.Push(line);
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
            Malformed(line, "something before Hello: a message of type ", (int)packet.Type);
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
            Malformed(line, "a message of type ", (int)packet.Type);
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

    private void Reply<T>(Line line, ulong correlation, T message, ReadOnlySpan<int> descriptors = default)
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
                    _poll.ChangeNumber(line.Socket.Number, line.Token, PollEvents.Readable);
                }

                break;
            case Errno.EAGAIN:
                line.IsWatchedForWriting = true;
                _poll.ChangeNumber(line.Socket.Number, line.Token, PollEvents.Readable | PollEvents.Writable);
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

    private void Malformed(Line line, string what, int? number = null)
    {
        InitLog.Malformed(line.Peer.Pid, what, number);
        Close(line);
    }

    private void Close(Line line)
    {
        if (_lines.Remove(line.Token))
        {
            _poll.RemoveNumber(line.Socket.Number);
            if (line.Instance is { } instance && instance.Line == line)
            {
                instance.Line = null;
                ForgetExternal(instance);
            }

            GiveBack(line);
            if (_acceptAt != long.MaxValue)
            {
                AcceptAgain();
            }
        }
    }
}
