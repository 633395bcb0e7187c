using PvExec.Kernel;

namespace PvExec.Worktrees.Adapters;

/// <summary>Keeps tasks from writing while the tree is captured: read locks on the save scopes.</summary>
public interface ISaveLock
{
    /// <summary>Waits for the locks.</summary>
    /// <param name="reason">Shown to people who ask who holds them.</param>
    ValueTask<Outcome<IHeldLock>> AcquireAsync(string reason, CancellationToken cancellationToken);
}
