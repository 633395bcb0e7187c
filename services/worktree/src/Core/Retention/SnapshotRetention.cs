using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Retention;

/// <summary>
/// Which snapshots a worktree keeps: the newest, and of the older ones the oldest that is younger than 7 days, than
/// 1 day, than 1 hour. So there is one of last week, one of yesterday and one of a little while ago.
/// </summary>
public static class SnapshotRetention
{
    private static readonly TimeSpan[] s_ages = [TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.FromHours(1)];

    /// <param name="snapshots">Newest first: the order of saving, whatever the clock said.</param>
    /// <returns>Those to keep, newest first.</returns>
    public static IReadOnlyList<SnapshotInfo> Keep(IReadOnlyList<SnapshotInfo> snapshots, DateTimeOffset now)
    {
        var kept = new HashSet<int>();
        if (snapshots.Count > 0)
        {
            kept.Add(0);
        }

        foreach (TimeSpan age in s_ages)
        {
            for (int i = snapshots.Count - 1; i > 0; i--)
            {
                if (now - snapshots[i].Created < age)
                {
                    kept.Add(i);
                    break;
                }
            }
        }

        return [.. kept.Order().Select(i => snapshots[i])];
    }
}
