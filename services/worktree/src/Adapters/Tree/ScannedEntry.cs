using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>A name that a scan found.</summary>
internal sealed class ScannedEntry(ByteString path, FileStat stat)
{
    public ByteString Path { get; } = path;

    /// <summary>As of the scan, or of the read that <see cref="Content"/> comes from.</summary>
    public FileStat Stat { get; set; } = stat;

    /// <summary>Done with; null while the content of a regular file is still to be read.</summary>
    public Entry? Entry { get; set; }

    /// <summary>The first name found of the same file.</summary>
    public ScannedEntry? LinkTo { get; init; }

    /// <summary>What was read.</summary>
    public ReadContent? Content { get; set; }

    /// <summary>Went away between the scan and the read.</summary>
    public bool Vanished { get; set; }
}
