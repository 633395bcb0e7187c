using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>A pack that is ready to be stored.</summary>
internal sealed record SealedPack(Pack Pack, byte[] Blob);
