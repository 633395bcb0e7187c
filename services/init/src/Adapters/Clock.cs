namespace PvExec.Init.Adapters;

/// <summary>The two clocks: one for people, one for waiting.</summary>
internal static class Clock
{
    /// <summary>Microseconds since 1970, UTC.</summary>
    public static long NowMicroseconds => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Milliseconds that never jump.</summary>
    public static long Monotonic => Environment.TickCount64;
}
