using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Calls;

/// <summary>A call that has no answer yet. Owner thread only, but for <see cref="Answer"/>.</summary>
internal sealed class PendingCall
{
    private readonly TaskCompletionSource<Outcome<Envelope>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingCall(ulong correlation, byte[] request, string kind, WhenDown whenDown, long endsAt)
    {
        (Correlation, Request, Kind, WhenDown, EndsAt) = (correlation, request, kind, whenDown, endsAt);
        Unsent = new LinkedListNode<PendingCall>(this);
    }

    public ulong Correlation { get; }

    public byte[] Request { get; }

    public string Kind { get; }

    public WhenDown WhenDown { get; }

    /// <summary>When the caller waits no longer, as a timestamp.</summary>
    public long EndsAt { get; }

    /// <summary>Its place among those that are to be sent; of no list when it is none of them.</summary>
    public LinkedListNode<PendingCall> Unsent { get; }

    /// <summary>Whether it is on its way to the service on the connection of now.</summary>
    public bool Sent { get; set; }

    public Task<Outcome<Envelope>> Answer => _answer.Task;

    public void Complete(Outcome<Envelope> outcome) => _answer.TrySetResult(outcome);
}
