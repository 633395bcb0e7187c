using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Places;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>The mount point as a plain directory; it outlives everything.</summary>
public sealed class DirectoryPlace(FileDescriptor root, string worktree, MarkerFile markers, bool resumed)
    : TreePlace(root, WorktreeMode.Directory, resumed)
{
    public override void Saved(Hash256 snapshot) => markers.Write(Root, new Marker(worktree, false, snapshot));

    public override Outcome<Unit> Release()
    {
        Root.Dispose();
        return Unit.Value;
    }
}
