namespace PvExec.Init.Core;

/// <summary>How the ends of a service are counted. Times are milliseconds.</summary>
/// <param name="Limit">That many ends in a row are too many; 0: no number is.</param>
internal sealed record CrashRule(int Limit)
{
    /// <summary>Having been ready for that long resets the back-off.</summary>
    public const long StableAfter = 10_000;

    /// <summary>An instance that was ready for that long can start: its end does not count towards the limit.</summary>
    public const long ProvenAfter = 1_000;

    /// <param name="counted">Before this end.</param>
    /// <param name="readyFor">0 when it was never ready.</param>
    public CrashCount After(CrashCount counted, long readyFor) => new(
        readyFor >= StableAfter ? 1 : counted.BackOff + 1,
        readyFor >= ProvenAfter ? 0 : counted.Unproven + 1);

    public bool IsExhausted(CrashCount counted) => Limit > 0 && counted.Unproven >= Limit;
}

/// <param name="BackOff">Ends in a row without having been ready for long, for the waiting time.</param>
/// <param name="Unproven">Ends in a row without having been ready for more than a moment, for the limit.</param>
internal readonly record struct CrashCount(int BackOff, int Unproven);
