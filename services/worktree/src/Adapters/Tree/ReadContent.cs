using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>What a file held.</summary>
/// <param name="Xattrs">Its attributes.</param>
/// <param name="Parts">Its data, in order.</param>
internal sealed record ReadContent(IReadOnlyList<Xattr> Xattrs, IReadOnlyList<ContentPart> Parts);

/// <summary>A stretch of a file, found again in the piece index by its hash.</summary>
internal readonly record struct ContentPart(long Offset, int Length, Hash256 Hash);
