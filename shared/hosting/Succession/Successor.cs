namespace PvExec.Hosting.Succession;

/// <summary>Tells the calls that an instance still holds when another one has taken its place.</summary>
public sealed class Successor
{
    private readonly TaskCompletionSource _tookOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when this instance has handed over and accepts no more connections: whoever connects to the service's
    /// socket from now on reaches the new one, and waits until it is ready.
    /// </summary>
    public Task TookOver => _tookOver.Task;

    /// <summary>Called by the daemon, and by tests.</summary>
    public void SetTookOver() => _tookOver.TrySetResult();
}
