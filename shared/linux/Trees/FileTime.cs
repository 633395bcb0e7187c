namespace PvExec.Linux.Trees;

/// <summary>A time of the file system.</summary>
/// <param name="Seconds">Since 1970-01-01 UTC; negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct FileTime(long Seconds, int Nanoseconds) : IComparable<FileTime>
{
    public int CompareTo(FileTime other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    public static FileTime From(DateTimeOffset time)
    {
        long ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return rest < 0
            ? new FileTime(seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * 100)
            : new FileTime(seconds, (int)rest * 100);
    }
}
