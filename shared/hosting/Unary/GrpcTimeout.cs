using System.Globalization;
using PvExec.Hosting.Server;

namespace PvExec.Hosting.Unary;

/// <summary>The value of a <c>grpc-timeout</c> header: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MostDigits = 8;

    /// <summary>The most that Grpc.AspNetCore takes for one, and less than what is left of the calendar.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(99_999_999);

    /// <param name="timeout">Null where the call has none.</param>
    /// <returns>False when it cannot be read.</returns>
    public static bool TryRead(ServerCall call, out TimeSpan? timeout)
    {
        string text = call.RequestHeader("grpc-timeout");
        timeout = TryParse(text) is { } time ? TimeSpan.FromTicks(Math.Min(time.Ticks, Longest.Ticks)) : null;
        return timeout is not null || text.Length == 0;
    }

    /// <returns>Null when it is none, or no time at all.</returns>
    public static TimeSpan? TryParse(ReadOnlySpan<char> text)
    {
        long ticks = text.IsEmpty ? 0 : TicksOf(text[^1]);
        return ticks != 0 && text.Length <= MostDigits + 1
            && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0
                ? text[^1] == 'n' ? TimeSpan.FromTicks(Math.Max(1, count / TimeSpan.NanosecondsPerTick)) : TimeSpan.FromTicks(count * ticks)
                : null;
    }

    private static long TicksOf(char unit) => unit switch
    {
        'H' => TimeSpan.TicksPerHour,
        'M' => TimeSpan.TicksPerMinute,
        'S' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'u' => TimeSpan.TicksPerMicrosecond,
        'n' => 1,
        _ => 0,
    };
}
