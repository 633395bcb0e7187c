namespace PvExec.Front.Core;

/// <summary>When a call that a service certainly did not process is sent again.</summary>
public static class RepeatRule
{
    /// <summary>A service that refuses every call for longer than that (about ten seconds) is not being restarted.</summary>
    public const int MaxRepeats = 24;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait before the repeat of that number, from 1 on.</summary>
    public static TimeSpan Delay(int repeat)
    {
        TimeSpan delay = First * (1 << Math.Min(repeat - 1, 10));
        return delay < Longest ? delay : Longest;
    }
}
