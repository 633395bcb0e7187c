using PvExec.Linux.Ports;

namespace PvExec.Processes.Core.Ports;

/// <summary>Who belongs to a process: itself, everybody in its session or group (also those reparented), and all descendants.</summary>
public static class ProcessTree
{
    /// <param name="all">One listing of the process table.</param>
    /// <param name="leader">The process, which leads its session and group.</param>
    /// <param name="leaderLives">
    /// Once it has been reaped its number may be a stranger's. The kernel gives the number of a session or group to nobody
    /// while it has members: if a process bears it, no member is left.
    /// </param>
    /// <returns>The living members.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<ProcessRow> all, int leader, bool leaderLives)
    {
        if (!leaderLives && all.Any(row => row.Pid == leader && !row.IsZombie))
        {
            return [];
        }

        var members = all.Where(row => row.Pid == leader || row.Session == leader || row.Group == leader).Select(row => row.Pid).ToHashSet();
        ILookup<int, int> children = all.ToLookup(row => row.Parent, row => row.Pid);
        var open = new Queue<int>(members);
        while (open.TryDequeue(out int parent))
        {
            foreach (int child in children[parent])
            {
                if (members.Add(child))
                {
                    open.Enqueue(child);
                }
            }
        }

        return [.. all.Where(row => !row.IsZombie && members.Contains(row.Pid)).Select(row => row.Pid)];
    }
}
