using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Testing;

/// <summary>An <see cref="IInit"/> that starts nothing: a test decides when and how a child ends.</summary>
public sealed class FakeInit : IInit
{
    private readonly TaskCompletionSource<TimeSpan> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<(Child Child, SpawnSpec Spec)> _spawned = [];
    private readonly List<(Child Child, int Signal, SignalScope Scope)> _signals = [];
    private readonly List<Child> _acknowledged = [];
    private readonly TaskCompletionSource _anyAcknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _nextId = 1;

    /// <summary>Set before a spawn to make it fail.</summary>
    public Fault? SpawnFault { get; set; }

    /// <summary>When the next child is started, by its clock.</summary>
    public DateTimeOffset Started { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Called with every child just started, on the spawner's thread.</summary>
    public Action<Child, SpawnSpec>? OnSpawn { get; set; }

    /// <summary>Called with every signal, on the sender's thread.</summary>
    public Action<Child, int>? OnSignal { get; set; }

    /// <summary>Whether descendants of a child that has ended still run.</summary>
    public Func<Child, bool> HasDescendants { get; set; } = _ => false;

    /// <summary>Set to have it refuse to say whether anybody is left of a tree.</summary>
    public Fault? LookFault { get; set; }

    public IReadOnlyList<Child> Owned { get; set; } = [];

    public Task<TimeSpan> StopRequested => _stop.Task;

    public IReadOnlyList<(Child Child, SpawnSpec Spec)> Spawned => Copy(_spawned);

    public IReadOnlyList<(Child Child, int Signal, SignalScope Scope)> Signals => Copy(_signals);

    public IReadOnlyList<Child> Acknowledged => Copy(_acknowledged);

    /// <summary>Completes when an exit has been acknowledged.</summary>
    public Task AnyAcknowledged => _anyAcknowledged.Task;

    public void RequestStop(TimeSpan timeLeft) => _stop.TrySetResult(timeLeft);

    public static ChildExit Exit(int code) => new(ExitStatus.Exited(code), DateTimeOffset.UnixEpoch, default, default, 0);

    public static ChildExit Killed(int signal) => new(ExitStatus.Signaled(signal), DateTimeOffset.UnixEpoch, default, default, 0);

    public ValueTask<Outcome<Child>> SpawnAsync(SpawnSpec spec, CancellationToken cancellationToken)
    {
        if (SpawnFault is { } fault)
        {
            return ValueTask.FromResult<Outcome<Child>>(fault);
        }

        Child child;
        lock (_lock)
        {
            ulong id = _nextId++;
            child = new Child(id, 10_000 + (int)id, spec.Label, Started, spec.State, new Dictionary<string, System.Runtime.InteropServices.SafeHandle>(), goesOnAtOnce: spec.GoesOnAtOnce);
            _spawned.Add((child, spec));
        }

        OnSpawn?.Invoke(child, spec);
        return ValueTask.FromResult<Outcome<Child>>(child);
    }

    public ValueTask<Outcome<Unit>> SignalAsync(Child child, int signal, SignalScope scope, CancellationToken cancellationToken)
    {
        if (signal == 0 && LookFault is { } fault)
        {
            return ValueTask.FromResult<Outcome<Unit>>(fault);
        }

        if (signal == 0)
        {
            return ValueTask.FromResult<Outcome<Unit>>(!child.Exited.IsCompleted || HasDescendants(child) ? Unit.Value : new Fault(FaultKind.NotFound, "nobody is left"));
        }

        lock (_lock)
        {
            _signals.Add((child, signal, scope));
        }

        OnSignal?.Invoke(child, signal);
        return ValueTask.FromResult<Outcome<Unit>>(Unit.Value);
    }

    public ValueTask AcknowledgeAsync(Child child, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _acknowledged.Add(child);
        }

        _anyAcknowledged.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public void AcknowledgeLater(Child child) => _ = AcknowledgeAsync(child, CancellationToken.None);

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
