using PvExec.Kernel;
using PvExec.Worktrees.Adapters.Store;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>Counts what is written to a store, and fails from one write on as if the machine had died there.</summary>
internal sealed class CountingStore(IBlobStore inner) : IBlobStore
{
    private int _writes;

    public int Writes => _writes;

    public List<string> Names { get; } = [];

    /// <summary>The write (0 is the first) from which on all fail.</summary>
    public int DiesAt { get; set; } = int.MaxValue;

    public string Url => inner.Url;

    public ValueTask<Outcome<Unit>> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ValueTask<Outcome<byte[]>> GetAsync(string name, CancellationToken cancellationToken) => inner.GetAsync(name, cancellationToken);

    public ValueTask<Outcome<TaggedBlob?>> GetTaggedAsync(string name, CancellationToken cancellationToken) => inner.GetTaggedAsync(name, cancellationToken);

    /// <summary>What each write waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Completed once a write waits or is done.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask<Outcome<Unit>> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Asked.TrySetResult();
        await Gate.WaitAsync(cancellationToken);
        return Dead(name) is { } fault ? fault : await inner.PutAsync(name, content, cancellationToken);
    }

    public async ValueTask<Outcome<string?>> ReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken) =>
        Dead(name) is { } fault ? fault : await inner.ReplaceAsync(name, content, tag, cancellationToken);

    public ValueTask<Outcome<IReadOnlyList<BlobInfo>>> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public ValueTask<Outcome<bool>> DeleteAsync(BlobInfo blob, CancellationToken cancellationToken) => inner.DeleteAsync(blob, cancellationToken);

    public ValueTask<Outcome<Unit>> DiscardAbandonedAsync(TimeSpan age, CancellationToken cancellationToken) => inner.DiscardAbandonedAsync(age, cancellationToken);

    private Fault? Dead(string name)
    {
        lock (Names)
        {
            Names.Add(name);
        }

        return Interlocked.Increment(ref _writes) > DiesAt ? new Fault(FaultKind.ResourceExhausted, $"no room for {name}") : null;
    }
}
