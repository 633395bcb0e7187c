using PvExec.Kernel;

namespace PvExec.Hosting.Init;

/// <summary>A request that pv-init has not answered yet.</summary>
/// <param name="spec">Of a spawn; null for a signal.</param>
internal sealed class PendingRequest(SpawnSpec? spec)
{
    public SpawnSpec? Spec { get; } = spec;

    /// <summary>For a spawn.</summary>
    public TaskCompletionSource<Outcome<Child>>? Spawned { get; } = spec is null
        ? null
        : new(spec.GoesOnAtOnce ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For a signal.</summary>
    public TaskCompletionSource<Outcome<Unit>>? Done { get; } = spec is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    public void Fail(Fault fault)
    {
        Spawned?.TrySetResult(fault);
        Done?.TrySetResult(fault);
    }
}
