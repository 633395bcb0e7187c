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

    private Fault? Refusal(BusPeer peer, Envelope envelope, int bytes)
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

        // The caller has given up, and may have asked somebody else.
        return TimeLeft(envelope) <= TimeSpan.Zero
            ? new Fault(FaultKind.DeadlineExceeded, $"'{envelope.Kind}' reached {_name} after its deadline, and nothing was done")
            : Overload(peer, bytes);
    }

    private Fault? Overload(BusPeer peer, int bytes) =>
        peer.Calls.Count >= _limits.CallsInFlightOfPeer || (peer.Calls.Count > 0 && peer.BytesInFlight + bytes > _limits.BytesInFlightOfPeer)
            ? new Fault(FaultKind.ResourceExhausted, $"{_name} works on {peer.Calls.Count} calls of this connection already, {peer.BytesInFlight} bytes: wait for some of them")
            : _inFlight >= _limits.CallsInFlight || (_inFlight > 0 && _bytesInFlight + bytes > _limits.BytesInFlight)
            ? new Fault(FaultKind.ResourceExhausted, $"{_name} works on {_inFlight} calls already, {_bytesInFlight} bytes: try again later")
            : null;

    /// <summary>How long the caller waits from now on, as the call arrives; null for as long as it takes.</summary>
    private TimeSpan? TimeLeft(Envelope request) => request.TimeToLive ?? (request.Deadline - _transport.Time.GetUtcNow());

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
            peer.Recall(correlation)?.Invoke();
        }
    }

    private void Begin(BusPeer peer, Envelope envelope, int bytes, Handler handler)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(peer.Gone, _stopping.Token);
        long lateAt = long.MaxValue;
        if (TimeLeft(envelope) is { } left)
        {
            left = left <= TimeSpan.Zero ? TimeSpan.Zero : left < MaxTimer ? left : MaxTimer;
            cancel.CancelAfter(left);
            lateAt = _transport.Time.GetTimestamp() + (long)(left.TotalSeconds * _transport.Time.TimestampFrequency);
        }

        var call = new BusCall(peer, envelope, bytes, cancel, _transport.Time) { LateAt = lateAt };
        peer.Calls.Add(envelope.Correlation, call);
        peer.BytesInFlight += bytes;
        _bytesInFlight += bytes;
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
            return call.Peer.Gone.IsCancellationRequested || _stopping.IsCancellationRequested ? null : NotInTime(envelope);
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

    private byte[] NotInTime(Envelope request) =>
        Encode(FaultReply.From(new Fault(FaultKind.DeadlineExceeded, $"{_name} did not finish '{request.Kind}' in time")), request.Correlation);

    private void Finish(BusCall call, byte[]? reply)
    {
        BusPeer peer = call.Peer;
        _inFlight--;
        _bytesInFlight -= call.Bytes;
        peer.BytesInFlight -= call.Bytes;
        peer.Calls.Remove(call.Request.Correlation);
        call.Cancel.Dispose();
        if (call.IsGivenUp || reply is null || peer.Gone.IsCancellationRequested)
        {
            call.Undo?.Invoke();
            return;
        }

        if (reply.Length > _limits.MaxSentBytes)
        {
            // What it hands over would be nobody's.
            call.Undo?.Invoke();
            Send(peer, TooLarge(call.Request, reply.Length));
            return;
        }

        if (call.Undo is { } undo)
        {
            if (call.LateAt <= _transport.Time.GetTimestamp())
            {
                // What is handed over too late is nobody's. An answer that hands nothing over is told all the same: it is true.
                undo();
                Send(peer, NotInTime(call.Request));
                return;
            }

            peer.Remember(call.Request.Correlation, undo);
        }

        Send(peer, reply);
    }

    private byte[] TooLarge(Envelope request, int bytes) =>
        Encode(
            FaultReply.From(new Fault(FaultKind.ResourceExhausted, $"the answer of {_name} to '{request.Kind}' has {bytes} bytes, more than {_limits.MaxSentBytes}: ask for less at a time")),
            request.Correlation);

    // A ROUTER drops what a peer that is gone, or that never reads, cannot take: its own calls go unanswered.
    private void Send(BusPeer peer, byte[] reply) => _router.SendMoreFrame(peer.Identity).SendFrame(reply);
}
