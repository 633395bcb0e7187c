using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <summary>One instance's line to pv-init. Once it is cut, what the instance still does reaches nothing.</summary>
internal sealed class ModelLine(ModelInit init) : IInit
{
    public IReadOnlyList<Child> Owned { get; init; } = [];

    public Task<TimeSpan> StopRequested { get; } = new TaskCompletionSource<TimeSpan>().Task;

    /// <summary>Guarded by pv-init's lock.</summary>
    public bool IsCut { get; set; }

    public async ValueTask<Outcome<Child>> SpawnAsync(SpawnSpec spec, CancellationToken cancellationToken)
    {
        Outcome<Child> started = init.Spawn(this, spec);
        await init.Answers;
        return started;
    }

    public ValueTask<Outcome<Unit>> SignalAsync(Child child, int signal, SignalScope scope, CancellationToken cancellationToken)
    {
        if (signal == 0)
        {
            // Here no process has descendants.
            return ValueTask.FromResult<Outcome<Unit>>(child.Exited.IsCompleted ? new Fault(FaultKind.NotFound, "nobody is left") : Unit.Value);
        }

        init.Signal(this, child, signal);
        return ValueTask.FromResult<Outcome<Unit>>(Unit.Value);
    }

    public ValueTask AcknowledgeAsync(Child child, CancellationToken cancellationToken)
    {
        init.Acknowledge(this, child);
        return ValueTask.CompletedTask;
    }

    public void AcknowledgeLater(Child child) => init.Acknowledge(this, child);
}
