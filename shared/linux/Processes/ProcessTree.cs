namespace PvExec.Linux.Processes;

/// <summary>Who belongs to whom, from one listing of the process table. Zombies are left out: they run no more.</summary>
public static class ProcessTree
{
    /// <summary>All below <paramref name="root"/>, without it and without the trees of <paramref name="except"/>.</summary>
    public static List<ProcessStat> Descendants(IReadOnlyList<ProcessStat> all, int root, IReadOnlyCollection<int> except)
    {
        var members = new HashSet<int> { root };
        Close(all, members, except);
        members.Remove(root);
        return Living(all, members);
    }

    /// <summary>
    /// A child's own tree: the child, everybody in its session or group and everybody who bears its mark, who may have been
    /// reparented, and the descendants of all of them.
    /// </summary>
    /// <param name="leaderLives">
    /// When the child has been reaped, its number is taken only by strangers; its session's and group's number, however, is
    /// not given away while a member lives.
    /// </param>
    /// <param name="isMarked">Whether a process descends from the child, by what it inherited; asked only where nothing else tells.</param>
    public static List<ProcessStat> Of(IReadOnlyList<ProcessStat> all, int leader, bool leaderLives, Func<int, bool>? isMarked = null)
    {
        bool numberReused = !leaderLives && all.Any(process => process.Pid == leader);
        var members = new HashSet<int>();
        foreach (ProcessStat process in all)
        {
            bool isNamed = !numberReused && (process.Pid == leader || process.Session == leader || process.Group == leader);
            if (isNamed || (isMarked is not null && isMarked(process.Pid)))
            {
                members.Add(process.Pid);
            }
        }

        Close(all, members, []);
        return Living(all, members);
    }

    /// <summary>A child's process group.</summary>
    public static List<ProcessStat> Group(IReadOnlyList<ProcessStat> all, int leader, bool leaderLives)
    {
        bool numberReused = !leaderLives && all.Any(process => process.Pid == leader);
        return numberReused ? [] : [.. all.Where(process => process.Group == leader && !process.IsZombie)];
    }

    /// <summary>Adds all below the members.</summary>
    private static void Close(IReadOnlyList<ProcessStat> all, HashSet<int> members, IReadOnlyCollection<int> except)
    {
        ILookup<int, int> children = all.ToLookup(process => process.Parent, process => process.Pid);
        var open = new Queue<int>(members);
        while (open.TryDequeue(out int parent))
        {
            foreach (int child in children[parent])
            {
                if (!except.Contains(child) && members.Add(child))
                {
                    open.Enqueue(child);
                }
            }
        }
    }

    private static List<ProcessStat> Living(IReadOnlyList<ProcessStat> all, HashSet<int> members) =>
        [.. all.Where(process => members.Contains(process.Pid) && !process.IsZombie)];
}
