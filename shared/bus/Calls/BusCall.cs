using PvExec.Proto.Bus;

namespace PvExec.Bus.Calls;

/// <summary>What a handler knows about the call beside its message.</summary>
public sealed class BusCall
{
    private readonly TimeProvider _time;

    internal BusCall(BusPeer peer, Envelope request, int bytes, CancellationTokenSource cancel, TimeProvider time)
    {
        (Peer, Request, Bytes, Cancel, _time) = (peer, request, bytes, cancel, time);
    }

    /// <summary>Who calls.</summary>
    public BusPeer Peer { get; }

    /// <summary>The request's kind.</summary>
    public string Kind => Request.Kind;

    /// <summary>How long the caller waits from now on, zero or less when it no longer does; null for as long as it takes. The handler's cancellation token ends with it.</summary>
    public TimeSpan? TimeLeft => LateAt == long.MaxValue ? null : _time.GetElapsedTime(_time.GetTimestamp(), LateAt);

    /// <summary>The caller's W3C trace context, or null.</summary>
    public string? TraceParent => Request.TraceParent;

    internal Envelope Request { get; }

    /// <summary>What the request came to.</summary>
    internal int Bytes { get; }

    /// <summary>When the caller stops waiting, as a timestamp: a clock that is set meanwhile makes no call late. <see cref="long.MaxValue"/> for never.</summary>
    internal long LateAt { get; init; } = long.MaxValue;

    /// <summary>The handler's token.</summary>
    internal CancellationTokenSource Cancel { get; }

    /// <summary>Whether the caller said that it no longer waits. Owner thread only.</summary>
    internal bool IsGivenUp { get; set; }

    internal Action? Undo { get; private set; }

    /// <summary>
    /// For an answer that hands something over, such as a lock: what takes it back when it turns out that the caller did
    /// not get the answer, or gave up just as it was sent. Call it in the handler, before the handler ends. The token
    /// ends what the handler has yet to do; this is for what it has done.
    /// </summary>
    /// <param name="undo">Runs at most once, on the owner thread, where it must not block.</param>
    public void OnGivenUp(Action undo) => Undo = undo;
}
