using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Retention;

/// <summary>
/// Which packs a save writes anew. A pack that is mostly dead wastes the store; many tiny ones, one from each small
/// save, make a load slow.
/// </summary>
public static class Compaction
{
    public const int TinyBytes = 1024 * 1024;
    public const int MostTinyPacks = 8;

    /// <summary>What one save reads again at most, so that compaction never makes it long.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <param name="pieces">Those of the new snapshot.</param>
    /// <param name="isNew">Packs that this save itself has made are left alone.</param>
    public static IReadOnlySet<Pack> Plan(IEnumerable<Piece> pieces, Func<Pack, bool> isNew)
    {
        var live = new Dictionary<Pack, long>(ReferenceEqualityComparer.Instance);
        foreach (Piece piece in pieces)
        {
            if (!isNew(piece.Pack))
            {
                live[piece.Pack] = live.GetValueOrDefault(piece.Pack) + piece.Length;
            }
        }

        List<KeyValuePair<Pack, long>> tiny = [.. live.Where(pack => pack.Value < TinyBytes)];
        IEnumerable<KeyValuePair<Pack, long>> worth = live.Where(pack => pack.Value < pack.Key.RawLength / 2 || (tiny.Count >= MostTinyPacks && pack.Value < TinyBytes));
        var chosen = new HashSet<Pack>(ReferenceEqualityComparer.Instance);
        long bytes = 0;
        foreach ((Pack pack, long length) in worth.OrderBy(pack => pack.Value))
        {
            bytes += length;
            if (bytes > MostBytes)
            {
                break;
            }

            chosen.Add(pack);
        }

        return chosen;
    }
}
