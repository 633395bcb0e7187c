using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Calls;

/// <summary>A call that has no answer yet. Owner thread only, but for <see cref="Answer"/>.</summary>
internal sealed class PendingCall(ulong correlation, byte[] request, string kind, WhenDown whenDown)
{
    private readonly TaskCompletionSource<Outcome<Envelope>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Correlation { get; } = correlation;

    public byte[] Request { get; } = request;

    public string Kind { get; } = kind;

    public WhenDown WhenDown { get; } = whenDown;

    /// <summary>Whether it is on its way to the service on the connection of now.</summary>
    public bool Sent { get; set; }

    public Task<Outcome<Envelope>> Answer => _answer.Task;

    public void Complete(Outcome<Envelope> outcome) => _answer.TrySetResult(outcome);
}
