using PvExec.Kernel;

namespace PvExec.Hosting.Init;

/// <summary>The line to pv-init over its SEQPACKET socket.</summary>
public sealed class InitConnection : IInit, IAsyncDisposable
{
    public IReadOnlyList<Child> Owned => [];

    public Task<TimeSpan> StopRequested { get; } = new TaskCompletionSource<TimeSpan>().Task;

    /// <summary>Completes when the line has broken: pv-init is gone.</summary>
    public Task Lost { get; } = new TaskCompletionSource().Task;

    /// <summary>Connects, and learns which children the service owns.</summary>
    public static Task<Outcome<InitConnection>> ConnectAsync(RuntimePaths paths, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<InitConnection>>(new Fault(FaultKind.Unavailable, $"no pv-init answers on {paths.Init}"));

    public ValueTask<Outcome<Child>> SpawnAsync(SpawnSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Outcome<Unit>> SignalAsync(Child child, int signal, SignalScope scope, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask AcknowledgeAsync(Child child, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
