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
        // Before the outcome of the first attempt is known, every call waits for it.
        if (_connected == false && call.WhenDown == WhenDown.Fail)
        {
            call.Complete(Unavailable(call));
            return;
        }

        _pending.Add(call.Correlation, call);
        if (_connected == true)
        {
            Send(call);
        }
    }

    private void Send(PendingCall call)
    {
        // Not accepted: the service does not read, or the connection has just ended and Changed is on its way.
        call.Sent = _dealer.TrySendFrame(call.Request);
        if (!call.Sent && call.WhenDown == WhenDown.Fail)
        {
            Finish(call, new Fault(FaultKind.Unavailable, $"{_server} takes no more calls: {_limits.QueuedMessages} wait for it"));
        }
    }

    private void GiveUp(PendingCall call)
    {
        if (_pending.Remove(call.Correlation) && call.Sent && _connected == true)
        {
            _dealer.TrySendFrame(BusCodec.Encode(CancelCall.Value, call.Correlation, null, null));
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
        foreach (PendingCall call in _pending.Values.ToArray())
        {
            call.Sent = false;
            if (connected)
            {
                Send(call);
            }
            else if (call.WhenDown == WhenDown.Fail)
            {
                Finish(call, Unavailable(call));
            }
        }
    }

    private void ReceiveAll()
    {
        var frames = new NetMQMessage(1);
        while (_dealer.TryReceiveMultipartMessage(ref frames, 1))
        {
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

    private void Finish(PendingCall call, Fault fault)
    {
        _pending.Remove(call.Correlation);
        call.Complete(fault);
    }

    private Fault Unavailable(PendingCall call) => new(
        FaultKind.Unavailable,
        call.Sent
            ? $"{_server} went away before it answered '{call.Kind}': it may or may not have been done"
            : $"{_server} is not there to answer '{call.Kind}': try again shortly");
}
