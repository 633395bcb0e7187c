using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>Where the tree is, ready for use.</summary>
public abstract class TreePlace(FileDescriptor root, WorktreeMode mode, bool resumed) : IDisposable
{
    /// <summary>Open for reading.</summary>
    public FileDescriptor Root { get; } = root;

    /// <summary>Memory or Directory.</summary>
    public WorktreeMode Mode { get; } = mode;

    /// <summary>Whether the tree was there already, from before a restart.</summary>
    public bool Resumed { get; } = resumed;

    /// <summary>Notes that a snapshot holds the tree.</summary>
    public abstract void Saved(Hash256 snapshot);

    /// <summary>Called when all is saved and the whole system stops; closes <see cref="Root"/>.</summary>
    public abstract Outcome<Unit> Release();

    public void Dispose()
    {
        Root.Dispose();
        GC.SuppressFinalize(this);
    }
}
