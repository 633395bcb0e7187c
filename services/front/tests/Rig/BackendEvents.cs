namespace PvExec.Front.Tests.Rig;

/// <summary>What a test waits for in a backend.</summary>
internal sealed class BackendEvents
{
    public TaskCompletionSource CallStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource CallCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
