namespace PvExec.Linux.Processes;

/// <summary>
/// Who belongs to whom, from one listing of the process table in the order of the pids. Zombies are left out: they run no more.
/// What is returned is valid until the next question; once warm, nothing is allocated. Not for two threads at once.
/// </summary>
public sealed class ProcessFamily
{
    private bool[] _isMember = [];
    private ProcessStat[] _found = [];

    /// <summary>All below <paramref name="root"/>, without it and without the trees of <paramref name="except"/>.</summary>
    public ReadOnlySpan<ProcessStat> Descendants(ReadOnlySpan<ProcessStat> all, int root, ReadOnlySpan<int> except)
    {
        Begin(all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            _isMember[i] = all[i].Parent == root && all[i].Pid != root && !except.Contains(all[i].Pid);
        }

        Close(all, except);
        return Living(all);
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
    public ReadOnlySpan<ProcessStat> Of(ReadOnlySpan<ProcessStat> all, int leader, bool leaderLives, Func<int, bool>? isMarked)
    {
        Begin(all.Length);
        bool isTaken = !leaderLives && Find(all, leader) >= 0;
        for (int i = 0; i < all.Length; i++)
        {
            ProcessStat process = all[i];
            bool isNamed = !isTaken && (process.Pid == leader || process.Session == leader || process.Group == leader);
            _isMember[i] = isNamed || (isMarked is not null && isMarked(process.Pid));
        }

        Close(all, []);
        return Living(all);
    }

    /// <summary>A child's process group.</summary>
    public ReadOnlySpan<ProcessStat> Group(ReadOnlySpan<ProcessStat> all, int leader, bool leaderLives)
    {
        Begin(all.Length);
        bool isTaken = !leaderLives && Find(all, leader) >= 0;
        for (int i = 0; i < all.Length; i++)
        {
            _isMember[i] = !isTaken && all[i].Group == leader;
        }

        return Living(all);
    }

    /// <returns>Its place in the listing, or negative.</returns>
    public static int Find(ReadOnlySpan<ProcessStat> all, int pid)
    {
        int low = 0, high = all.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (all[middle].Pid == pid)
            {
                return middle;
            }

            (low, high) = all[middle].Pid < pid ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private void Begin(int count)
    {
        if (_isMember.Length < count)
        {
            _isMember = new bool[count * 2];
            _found = new ProcessStat[count * 2];
        }
    }

    /// <summary>Adds all below the members. Most children have a higher number than their parent, so one pass and another to see that are the rule.</summary>
    private void Close(ReadOnlySpan<ProcessStat> all, ReadOnlySpan<int> except)
    {
        bool isChanged;
        do
        {
            isChanged = false;
            for (int i = 0; i < all.Length; i++)
            {
                if (!_isMember[i] && Find(all, all[i].Parent) is >= 0 and var parent && _isMember[parent] && !except.Contains(all[i].Pid))
                {
                    isChanged = _isMember[i] = true;
                }
            }
        }
        while (isChanged);
    }

    private ReadOnlySpan<ProcessStat> Living(ReadOnlySpan<ProcessStat> all)
    {
        int count = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (_isMember[i] && !all[i].IsZombie)
            {
                _found[count++] = all[i];
            }
        }

        return _found.AsSpan(0, count);
    }
}
