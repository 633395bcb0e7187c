namespace PvExec.Linux.Processes;

/// <summary>As <see cref="ProcessFamily"/>, for who asks now and then, and of a listing in any order.</summary>
public static class ProcessTree
{
    /// <summary>See <see cref="ProcessFamily.Of"/>.</summary>
    public static List<ProcessStat> Of(IReadOnlyList<ProcessStat> all, int leader, bool leaderLives, Func<int, bool>? isMarked = null) =>
        [.. new ProcessFamily().Of([.. all.OrderBy(process => process.Pid)], leader, leaderLives, isMarked)];
}
