namespace PvExec.Hosting;

/// <summary>
/// The way out for a service that no longer knows what runs: it leaves with <see cref="Kernel.ExitCodes.System"/>,
/// pv-init starts it again, and it adopts what it owns.
/// </summary>
public sealed class ServiceExit
{
    private readonly TaskCompletionSource _demanded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the service has to leave.</summary>
    public Task Demanded => _demanded.Task;

    /// <summary>Returns at once; the service leaves soon after. Say why in the log before.</summary>
    public void Demand() => _demanded.TrySetResult();
}
