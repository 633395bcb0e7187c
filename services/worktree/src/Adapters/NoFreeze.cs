namespace PvExec.Worktrees.Adapters;

/// <summary>Processes run on while the tree is captured: a file that changes while it is read is read again.</summary>
public sealed class NoFreeze : ICaptureFreeze, IAsyncDisposable
{
    public ValueTask<IAsyncDisposable> FreezeAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IAsyncDisposable>(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
