using PvExec.Worktrees.Core;

namespace PvExec.Worktrees;

/// <summary>Is told of the worktree. Must return at once: a lock is held.</summary>
public interface IWorktreeObserver
{
    /// <summary>A save is durable; once a save, however many callers wait for it.</summary>
    void Saved(SaveResult save);

    /// <summary>The tree differs from its last snapshot; once until the next save.</summary>
    void Dirty(DateTimeOffset seen);
}
