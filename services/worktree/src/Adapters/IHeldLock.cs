namespace PvExec.Worktrees.Adapters;

/// <summary>The save lock while it is held; disposing it releases it too.</summary>
public interface IHeldLock : IAsyncDisposable
{
    /// <summary>Releases it.</summary>
    /// <returns>Whether it is certain that it was held all the time: if not, a task may have written meanwhile.</returns>
    ValueTask<bool> ReleaseAsync();
}
