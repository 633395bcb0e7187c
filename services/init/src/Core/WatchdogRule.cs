namespace PvExec.Init.Core;

/// <summary>When a service that is silent is dealt with. Times are milliseconds of one clock.</summary>
internal static class WatchdogRule
{
    /// <summary>From the first signal, which leaves a core image where one is wanted, to the one that ends it for sure.</summary>
    public const long AbortTime = 5_000;

    /// <summary>A loop that comes so much too late was held up itself (a paused container): nobody's silence counts.</summary>
    public const long HeldUpAfter = 1_000;

    /// <param name="interval">0: not watched.</param>
    /// <param name="readyAt">0: not ready yet, so not watched.</param>
    /// <param name="lastSign">When it last gave a sign of life.</param>
    public static long Due(long interval, long readyAt, long lastSign) =>
        interval == 0 || readyAt == 0 ? long.MaxValue : Math.Max(readyAt, lastSign) + interval;

    /// <summary>When a start that begins now is to be over.</summary>
    /// <param name="most">Zero: never.</param>
    public static long StartDue(long now, TimeSpan most) => most == TimeSpan.Zero ? long.MaxValue : now + (long)most.TotalMilliseconds;

    /// <summary>A time that a service named, rounded up, so that a short one is not none.</summary>
    public static long After(long now, long microseconds) => now + (microseconds / 1000) + (microseconds % 1000 == 0 ? 0 : 1);

    /// <param name="due">When the loop was to look again; <see cref="long.MaxValue"/> when nothing was due.</param>
    public static bool WasHeldUp(long due, long now) => due != long.MaxValue && now - due > HeldUpAfter;
}
