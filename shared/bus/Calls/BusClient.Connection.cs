using NetMQ;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;

namespace PvExec.Bus.Calls;

// Everything here runs on the owner thread.
public sealed partial class BusClient
{
    private void Add(PendingCall call)
    {
        if (_connected == false && call.WhenDown == WhenDown.Fail)
        {
            call.Complete(Unavailable(call));
        }
        else if (_pending.Count >= _limits.QueuedMessages || (_pending.Count > 0 && _pendingBytes + call.Request.Length > _limits.QueuedBytes))
        {
            call.Complete(new Fault(FaultKind.ResourceExhausted, $"{_pending.Count} calls, {_pendingBytes} bytes, wait for {_server} already: try again later"));
        }
        else
        {
            _pending.Add(call.Correlation, call);
            _pendingBytes += call.Request.Length;
            _unsent.AddLast(call.Unsent);
            SendAll();
        }
    }

    /// <summary>Whoever takes a call out completes it.</summary>
    private PendingCall? Remove(ulong correlation)
    {
        if (_pending.Remove(correlation, out PendingCall? call))
        {
            _pendingBytes -= call.Request.Length;
            if (call.Unsent.List is not null)
            {
                _unsent.Remove(call.Unsent);
            }
        }

        return call;
    }

    private void SendAll()
    {
        bool takes = _connected == true;
        int left = BusOwner.MostPerTurn;
        while (takes && left-- > 0 && _givenUp.TryPeek(out ulong correlation))
        {
            takes = _dealer.TrySendFrame(BusCodec.Encode(CancelCall.Value, correlation, null, null));
            if (takes)
            {
                _givenUp.Dequeue();
            }
        }

        while (takes && left-- > 0 && _unsent.First is { Value: var call })
        {
            // It may have waited here for the service, or for the next one.
            BusCodec.SetTimeToLive(call.Request, _transport.Time.GetElapsedTime(_transport.Time.GetTimestamp(), call.EndsAt));
            call.Sent = takes = _dealer.TrySendFrame(call.Request);
            if (takes)
            {
                _unsent.RemoveFirst();
            }
        }

        WaitToSend(_connected == true && (_givenUp.Count > 0 || _unsent.Count > 0));
    }

    // The poller looks whether the socket takes messages only while somebody listens for it.
    private void WaitToSend(bool wait)
    {
        if (wait && !_waitingToSend)
        {
            _dealer.SendReady += _sendReady;
        }
        else if (!wait && _waitingToSend)
        {
            _dealer.SendReady -= _sendReady;
        }

        _waitingToSend = wait;
    }

    private void GiveUp(PendingCall call)
    {
        Remove(call.Correlation);

        // Also when it has just been answered: what the answer handed over is nobody's.
        if (call.Sent && _connected == true)
        {
            _givenUp.Enqueue(call.Correlation);
            SendAll();
        }
    }

    private void OnConnection(bool connected)
    {
        if (!connected)
        {
            // What was answered before the end still counts.
            Receive(int.MaxValue);
        }

        _connected = connected;
        _givenUp.Clear();
        _unsent.Clear();
        foreach (PendingCall call in _pending.Values.OrderBy(call => call.Correlation).ToArray())
        {
            if (!connected && call.WhenDown == WhenDown.Fail)
            {
                Remove(call.Correlation);
                call.Complete(Unavailable(call));
            }
            else
            {
                call.Sent = false;
                _unsent.AddLast(call.Unsent);
            }
        }

        SendAll();
    }

    // What is left is there at the poller's next turn.
    private void Receive(int most)
    {
        var frames = new NetMQMessage(1);
        while (most-- > 0 && _dealer.TryReceiveMultipartMessage(ref frames, 1))
        {
            if (frames.FrameCount == 1 && frames[0].ToByteArray() is [BusServer.GoneMark])
            {
                // A server that ends writes it to whoever is still connected; the end of the connection says the same.
                continue;
            }

            Outcome<Envelope> decoded = frames.FrameCount == 1
                ? BusCodec.Decode(frames[0].ToByteArray())
                : new Fault(FaultKind.InvalidArgument, $"an answer has {frames.FrameCount} frames instead of one");
            if (!decoded.TryGet(out Envelope? answer, out Fault? malformed))
            {
                BusLog.Unreadable(_log, _server, malformed.Detail);
            }
            else
            {
                Remove(answer.Correlation)?.Complete(answer);
            }
        }
    }

    private Fault Unavailable(PendingCall call) => new(
        FaultKind.Unavailable,
        call.Sent
            ? $"{_server} went away before it answered '{call.Kind}': it may or may not have been done"
            : $"{_server} is not there to answer '{call.Kind}': try again shortly");
}
