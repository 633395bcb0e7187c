using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>One name of the tree. The root has an empty path.</summary>
public sealed record Entry
{
    public required ByteString Path { get; init; }

    public required EntryType Type { get; init; }

    /// <summary>12 bits: permissions, setuid, setgid, sticky. 0 for a hard link.</summary>
    public int Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public FileTime Modified { get; init; }

    public IReadOnlyList<Xattr> Xattrs { get; init; } = [];

    /// <summary>A regular file's, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>A regular file's content, in order, not overlapping.</summary>
    public IReadOnlyList<Extent> Extents { get; init; } = [];

    /// <summary>What a symlink holds.</summary>
    public ByteString Target { get; init; }

    /// <summary>The entry that a hard link is another name of; itself no link and no directory.</summary>
    public Entry? LinkTo { get; init; }

    /// <summary>What a device node stands for.</summary>
    public uint Major { get; init; }

    public uint Minor { get; init; }

    /// <summary>Whether a tree with the one in place of the other would be the same, wherever the content is stored.</summary>
    public bool SameAs(Entry other) =>
        Path == other.Path && Type == other.Type && Mode == other.Mode && Uid == other.Uid && Gid == other.Gid
        && Modified == other.Modified && Size == other.Size && Target == other.Target && Major == other.Major && Minor == other.Minor
        && LinkTo?.Path == other.LinkTo?.Path && Xattrs.SequenceEqual(other.Xattrs) && SameContent(other);

    private bool SameContent(Entry other)
    {
        if (ReferenceEquals(Extents, other.Extents))
        {
            return true;
        }

        if (Extents.Count != other.Extents.Count)
        {
            return false;
        }

        for (int i = 0; i < Extents.Count; i++)
        {
            (Extent mine, Extent theirs) = (Extents[i], other.Extents[i]);
            if (mine.Offset != theirs.Offset || mine.Piece.Length != theirs.Piece.Length || mine.Piece.Hash != theirs.Piece.Hash)
            {
                return false;
            }
        }

        return true;
    }
}
