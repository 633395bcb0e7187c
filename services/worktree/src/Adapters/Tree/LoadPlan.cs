using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Which files are written from which pack.</summary>
/// <param name="Packs">Each pack once, with the files that have content in it, in the order of the tree.</param>
/// <param name="Spanning">Files with content in several packs.</param>
/// <param name="Empty">Files with no content: empty ones, and holes only.</param>
internal sealed record LoadPlan(IReadOnlyList<(Pack Pack, IReadOnlyList<Entry> Files)> Packs, IReadOnlyList<Entry> Spanning, IReadOnlyList<Entry> Empty)
{
    public static LoadPlan Of(Manifest manifest)
    {
        var packs = new Dictionary<Pack, List<Entry>>();
        var spanning = new List<Entry>();
        var empty = new List<Entry>();
        foreach (Entry entry in manifest.Entries)
        {
            if (entry.Type != EntryType.Regular)
            {
                continue;
            }

            if (entry.Extents.Count == 0)
            {
                empty.Add(entry);
                continue;
            }

            if (Spans(entry))
            {
                spanning.Add(entry);
            }

            foreach (Extent extent in entry.Extents)
            {
                if (!packs.TryGetValue(extent.Piece.Pack, out List<Entry>? files))
                {
                    packs.Add(extent.Piece.Pack, files = []);
                }

                if (files.Count == 0 || !ReferenceEquals(files[^1], entry))
                {
                    files.Add(entry);
                }
            }
        }

        return new LoadPlan([.. packs.Select(pack => (pack.Key, (IReadOnlyList<Entry>)pack.Value))], spanning, empty);
    }

    /// <summary>Whether the file's content is in several packs.</summary>
    public static bool Spans(Entry entry)
    {
        for (int i = 1; i < entry.Extents.Count; i++)
        {
            if (entry.Extents[i].Piece.Pack != entry.Extents[0].Piece.Pack)
            {
                return true;
            }
        }

        return false;
    }
}
