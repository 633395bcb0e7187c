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
        else if (_pending.Count >= _limits.QueuedMessages)
        {
            call.Complete(new Fault(FaultKind.ResourceExhausted, $"{_pending.Count} calls wait for {_server} already: try again later"));
        }
        else
        {
            _pending.Add(call.Correlation, call);
            _unsent.Enqueue(call);
            SendAll();
        }
    }

    private void SendAll()
    {
        bool takes = _connected == true;
        while (takes && _givenUp.TryPeek(out ulong correlation))
        {
            takes = _dealer.TrySendFrame(BusCodec.Encode(CancelCall.Value, correlation, null, null));
            if (takes)
            {
                _givenUp.Dequeue();
            }
        }

        while (takes && _unsent.TryPeek(out PendingCall? call))
        {
            // One that was given up is no longer pending.
            if (_pending.ContainsKey(call.Correlation))
            {
                call.Sent = takes = _dealer.TrySendFrame(call.Request);
            }

            if (takes)
            {
                _unsent.Dequeue();
            }
        }

        WaitToSend(_connected == true && !takes);
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
        _pending.Remove(call.Correlation);

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
            ReceiveAll();
        }

        _connected = connected;
        _givenUp.Clear();
        _unsent.Clear();
        foreach (PendingCall call in _pending.Values.OrderBy(call => call.Correlation).ToArray())
        {
            if (!connected && call.WhenDown == WhenDown.Fail)
            {
                _pending.Remove(call.Correlation);
                call.Complete(Unavailable(call));
            }
            else
            {
                call.Sent = false;
                _unsent.Enqueue(call);
            }
        }

        SendAll();
    }

    private void ReceiveAll()
    {
        var frames = new NetMQMessage(1);
        while (_dealer.TryReceiveMultipartMessage(ref frames, 1))
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
            else if (_pending.Remove(answer.Correlation, out PendingCall? call))
            {
                call.Complete(answer);
            }
        }
    }

    private Fault Unavailable(PendingCall call) => new(
        FaultKind.Unavailable,
        call.Sent
            ? $"{_server} went away before it answered '{call.Kind}': it may or may not have been done"
            : $"{_server} is not there to answer '{call.Kind}': try again shortly");
}
