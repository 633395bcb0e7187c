using System.Diagnostics;
using NetMQ;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using FaultException = PvExec.Kernel.FaultException;

namespace PvExec.Bus.Calls;

// Everything here but the handlers' continuations runs on the owner thread.
public sealed partial class BusServer
{
    private static readonly ActivitySource Activities = new("PvExec.Bus");

    private void ReceiveAll()
    {
        var frames = new NetMQMessage(2);
        while (_router.TryReceiveMultipartMessage(ref frames, 2))
        {
            byte[] identity = frames[0].ToByteArray();
            string name = Convert.ToHexString(identity);
            if (frames.FrameCount != 2)
            {
                BusLog.Unreadable(_log, _name, $"peer {name} sent {frames.FrameCount - 1} frames instead of one");
                continue;
            }

            byte[] bytes = frames[1].ToByteArray();
            if (bytes is [GoneMark])
            {
                End(name);
            }
            else
            {
                Receive(Peer(name, identity), bytes);
            }
        }
    }

    private BusPeer Peer(string name, byte[] identity)
    {
        if (!_peers.TryGetValue(name, out BusPeer? peer))
        {
            _peers.Add(name, peer = new BusPeer(identity));
        }

        return peer;
    }

    private void End(string name)
    {
        if (_peers.Remove(name, out BusPeer? peer))
        {
            peer.End();
        }
    }

    private void Receive(BusPeer peer, byte[] bytes)
    {
        if (!BusCodec.Decode(bytes).TryGet(out Envelope? envelope, out Fault? malformed))
        {
            // There is no correlation id to answer to.
            BusLog.Unreadable(_log, _name, malformed.Detail);
            return;
        }

        if (Refusal(peer, envelope) is { } refusal)
        {
            Send(peer, Encode(FaultReply.From(refusal), envelope.Correlation));
        }
        else if (envelope.Kind == CancelCall.Kind)
        {
            GiveUp(peer, envelope.Correlation);
        }
        else
        {
            Begin(peer, envelope, _handlers[envelope.Kind]);
        }
    }

    private Fault? Refusal(BusPeer peer, Envelope envelope)
    {
        if (envelope.Version != Envelope.CurrentVersion)
        {
            return new Fault(
                FaultKind.FailedPrecondition,
                $"{_name} speaks version {Envelope.CurrentVersion} of the bus and got '{envelope.Kind}' in version {envelope.Version}: run services of one release together");
        }

        if (envelope.Kind == CancelCall.Kind)
        {
            return null;
        }

        if (!_handlers.ContainsKey(envelope.Kind))
        {
            return new Fault(
                FaultKind.InvalidArgument,
                $"{_name} does not answer '{envelope.Kind}'; it answers {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}");
        }

        if (peer.Calls.ContainsKey(envelope.Correlation))
        {
            return new Fault(FaultKind.AlreadyExists, $"call {envelope.Correlation} to {_name} is under way: use a new correlation id for every call");
        }

        return peer.Calls.Count >= _limits.CallsInFlightOfPeer
            ? new Fault(FaultKind.ResourceExhausted, $"{_name} works on {_limits.CallsInFlightOfPeer} calls of this connection already: wait for some of them")
            : _inFlight >= _limits.CallsInFlight
            ? new Fault(FaultKind.ResourceExhausted, $"{_name} works on {_limits.CallsInFlight} calls already: try again later")
            : null;
    }

    private void GiveUp(BusPeer peer, ulong correlation)
    {
        if (peer.Calls.TryGetValue(correlation, out BusCall? call))
        {
            // The handler may have ended well a moment ago: Finish looks at it.
            call.IsGivenUp = true;
            call.Cancel.Cancel();
        }
        else
        {
            peer.Recall(correlation)?.Undo?.Invoke();
        }
    }

    private void Begin(BusPeer peer, Envelope envelope, Handler handler)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(peer.Gone, _stopping.Token);
        if (envelope.Deadline is { } deadline)
        {
            TimeSpan left = deadline - _transport.Time.GetUtcNow();
            cancel.CancelAfter(left <= TimeSpan.Zero ? TimeSpan.Zero : left < MaxTimer ? left : MaxTimer);
        }

        var call = new BusCall(peer, envelope, cancel);
        peer.Calls.Add(envelope.Correlation, call);
        _inFlight++;
        Task<byte[]?> running = RunAsync(handler, call);
        if (running.IsCompleted)
        {
            Finish(call, running.Result);
        }
        else
        {
            running.ContinueWith(
                done => _owner.Post(() => Finish(call, done.Result)),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>The answer, or null when nobody waits for one.</summary>
    private async Task<byte[]?> RunAsync(Handler handler, BusCall call)
    {
        Envelope envelope = call.Request;
        CancellationToken cancellationToken = call.Cancel.Token;
        using Activity? activity = Activities.StartActivity(envelope.Kind, ActivityKind.Server, envelope.TraceParent);
        try
        {
            return await handler(envelope, call, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            bool late = envelope.Deadline is { } deadline && deadline <= _transport.Time.GetUtcNow();
            return late
                ? Encode(FaultReply.From(new Fault(FaultKind.DeadlineExceeded, $"{_name} did not finish '{envelope.Kind}' in time")), envelope.Correlation)
                : null;
        }
        catch (FaultException e)
        {
            return Encode(FaultReply.From(e.Fault), envelope.Correlation);
        }
        catch (Exception e)
        {
            BusLog.HandlerFailed(_log, e, _name, envelope.Kind);
            return Encode(FaultReply.From(new Fault(FaultKind.Internal, $"{_name} failed at '{envelope.Kind}': see its log")), envelope.Correlation);
        }
    }

    private void Finish(BusCall call, byte[]? reply)
    {
        BusPeer peer = call.Peer;
        _inFlight--;
        peer.Calls.Remove(call.Request.Correlation);
        call.Cancel.Dispose();
        if (call.IsGivenUp || reply is null || peer.Gone.IsCancellationRequested)
        {
            call.Undo?.Invoke();
            return;
        }

        Send(peer, reply);
        if (call.Undo is not null)
        {
            peer.Remember(call);
        }
    }

    // A ROUTER drops what a peer that is gone, or that never reads, cannot take: its own calls go unanswered.
    private void Send(BusPeer peer, byte[] reply) => _router.SendMoreFrame(peer.Identity).SendFrame(reply);
}
