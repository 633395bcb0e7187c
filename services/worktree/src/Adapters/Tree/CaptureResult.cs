using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <param name="Changed">Whether the tree differs from the latest snapshot.</param>
/// <param name="Memory">For the next capture, once this one is stored.</param>
/// <param name="Skipped">Sockets and other file systems in the tree.</param>
internal sealed record CaptureResult(Manifest Manifest, bool Changed, CaptureMemory Memory, int Skipped);
