using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>What blobs are called in the store. See docs/snapshot-format.md.</summary>
public static class BlobNames
{
    public const string Packs = "packs/";
    public const string Manifests = "manifests/";
    public const string Worktrees = "worktrees/";
    public const string Condemned = "gc/condemned";

    private const string PackEnd = ".pack", ManifestEnd = ".manifest", HeadEnd = "/head";

    /// <summary>Spread over 256 folders, which file systems and people both like better.</summary>
    public static string Pack(Hash256 id) => $"{Packs}{id.ToString().AsSpan(0, 2)}/{id}{PackEnd}";

    public static string Manifest(Hash256 id) => $"{Manifests}{id}{ManifestEnd}";

    public static string Head(string worktree) => $"{Worktrees}{worktree}{HeadEnd}";

    /// <summary>The worktree whose head has that name, or null.</summary>
    public static string? WorktreeOf(string name) =>
        name.StartsWith(Worktrees, StringComparison.Ordinal) && name.EndsWith(HeadEnd, StringComparison.Ordinal) && name.Length > Worktrees.Length + HeadEnd.Length
            ? name[Worktrees.Length..^HeadEnd.Length]
            : null;
}
