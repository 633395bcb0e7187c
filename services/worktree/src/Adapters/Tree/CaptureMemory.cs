using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>What a capture leaves for the next one, so that only what may have changed is read again.</summary>
/// <param name="Began">When the capture began.</param>
/// <param name="Files">By path: what stat(2) said, and the entry made of it. Hard links are left out.</param>
/// <param name="SharedInodes">What some process could change unseen.</param>
internal sealed record CaptureMemory(
    DateTimeOffset Began,
    IReadOnlyDictionary<ByteString, (FileStat Stat, Entry Entry)> Files,
    IReadOnlySet<ulong> SharedInodes);
