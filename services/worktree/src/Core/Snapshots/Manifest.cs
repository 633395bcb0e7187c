namespace PvExec.Worktrees.Core.Snapshots;

/// <summary>A whole tree at one time.</summary>
/// <param name="Created">When it was captured.</param>
/// <param name="Entries">The root first, each directory before what is in it, names of one directory in the order of their bytes.</param>
public sealed record Manifest(DateTimeOffset Created, IReadOnlyList<Entry> Entries)
{
    /// <summary>The files' sizes added up; a file with several names counts once.</summary>
    public long ContentBytes => Entries.Sum(entry => entry.Size);

    /// <summary>The pieces that entries refer to, each once.</summary>
    public IEnumerable<Piece> Pieces() => Entries.SelectMany(entry => entry.Extents).Select(extent => extent.Piece).Distinct();

    /// <summary>The packs that hold them, each once.</summary>
    public IEnumerable<Pack> Packs() => Pieces().Select(piece => piece.Pack).Distinct();

    /// <summary>Whether both describe the same tree, wherever the content is stored.</summary>
    public bool SameTreeAs(Manifest other)
    {
        if (Entries.Count != other.Entries.Count)
        {
            return false;
        }

        for (int i = 0; i < Entries.Count; i++)
        {
            if (!Entries[i].SameAs(other.Entries[i]))
            {
                return false;
            }
        }

        return true;
    }
}
