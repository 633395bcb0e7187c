using PvExec.Kernel;

namespace PvExec.Bench.Restarts;

/// <summary>One of the calls that the callers make in turn.</summary>
/// <param name="Name">As in the .proto file.</param>
/// <param name="Service">Who answers it, behind the front.</param>
internal sealed record CallKind(string Name, Service Service, Func<Front, CancellationToken, Task> MakeAsync)
{
    public static readonly IReadOnlyList<CallKind> All =
    [
        new("Exec", Service.Exec, (front, cancellation) => front.RunNothingAsync(cancellation)),
        new("GetProcessState", Service.Process, (front, cancellation) => front.GetStateAsync(cancellation)),
        new("ListSnapshots", Service.Worktree, (front, cancellation) => front.ListSnapshotsAsync(cancellation)),
    ];
}
