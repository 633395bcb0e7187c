namespace PvExec.Linux.Processes;

/// <summary>As <see cref="ProcessFamily"/>, for who asks now and then, and of a listing in any order.</summary>
public static class ProcessTree
{
    /// <summary>See <see cref="ProcessFamily.Descendants"/>.</summary>
    public static List<ProcessStat> Descendants(IReadOnlyList<ProcessStat> all, int root, IReadOnlyCollection<int> except) =>
        [.. new ProcessFamily().Descendants(Ordered(all), root, [.. except])];

    /// <summary>See <see cref="ProcessFamily.Of"/>.</summary>
    public static List<ProcessStat> Of(IReadOnlyList<ProcessStat> all, int leader, bool leaderLives, Func<int, bool>? isMarked = null) =>
        [.. new ProcessFamily().Of(Ordered(all), leader, leaderLives, isMarked)];

    /// <summary>See <see cref="ProcessFamily.Group"/>.</summary>
    public static List<ProcessStat> Group(IReadOnlyList<ProcessStat> all, int leader, bool leaderLives) =>
        [.. new ProcessFamily().Group(Ordered(all), leader, leaderLives)];

    private static ProcessStat[] Ordered(IReadOnlyList<ProcessStat> all) => [.. all.OrderBy(process => process.Pid)];
}
