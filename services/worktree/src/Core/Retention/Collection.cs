namespace PvExec.Worktrees.Core.Retention;

/// <summary>
/// Which blobs to delete. Two steps: what nothing refers to is condemned first, and deleted only when a later look, at
/// least a grace period on, finds it unreferred to still. A cloner that read a head just before a snapshot left
/// it, and a saver whose head is not written yet, have that long.
/// </summary>
/// <param name="Delete">To delete now.</param>
/// <param name="Condemned">What is condemned from now on, and since when.</param>
public sealed record Collection(IReadOnlyList<string> Delete, IReadOnlyDictionary<string, DateTimeOffset> Condemned)
{
    /// <param name="blobs">All packs and manifests, with the times they were written.</param>
    /// <param name="referred">What any snapshot of any worktree needs.</param>
    /// <param name="condemned">As the last look left it.</param>
    public static Collection Plan(
        IReadOnlyDictionary<string, DateTimeOffset> blobs,
        IReadOnlySet<string> referred,
        IReadOnlyDictionary<string, DateTimeOffset> condemned,
        DateTimeOffset now,
        TimeSpan grace)
    {
        var delete = new List<string>();
        var next = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach ((string name, DateTimeOffset written) in blobs)
        {
            if (referred.Contains(name))
            {
                continue;
            }

            if (condemned.TryGetValue(name, out DateTimeOffset since) && now - since >= grace && now - written >= grace)
            {
                delete.Add(name);
            }
            else
            {
                // A clock that was set back must not make the wait longer than the grace period again and again.
                next[name] = condemned.ContainsKey(name) && since <= now ? since : now;
            }
        }

        return new Collection(delete, next);
    }
}
