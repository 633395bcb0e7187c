namespace PvExec.Worktrees.Adapters;

/// <summary>Keeps the managed processes still while the tree is captured.</summary>
public interface ICaptureFreeze
{
    /// <summary>Freezes them, as far as that can be had; a capture without it is logged and goes on.</summary>
    /// <returns>What is disposed of to let them go on.</returns>
    ValueTask<IAsyncDisposable> FreezeAsync(CancellationToken cancellationToken);
}
