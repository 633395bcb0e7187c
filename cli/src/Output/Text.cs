using System.Globalization;

namespace PvExec.Cli.Output;

/// <summary>Sizes and times as people read them.</summary>
public static class Text
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Such as <c>512 B</c> or <c>1.5 MiB</c>.</summary>
    public static string Size(double bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Such as <c>0.3s</c>, <c>42s</c>, <c>3m 5s</c>, <c>2h 7m</c> or <c>4d 1h</c>.</summary>
    public static string Elapsed(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(seconds);
        return time switch
        {
            { TotalSeconds: < 10 } => seconds.ToString("0.0", CultureInfo.InvariantCulture) + "s",
            { TotalMinutes: < 1 } => $"{time.Seconds}s",
            { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds}s",
            { TotalDays: < 1 } => $"{time.Hours}h {time.Minutes}m",
            _ => $"{time.Days}d {time.Hours}h",
        };
    }

    /// <summary>Names and values may hold what a terminal takes for a command.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? $"\\x{(int)c:X2}" : c.ToString()));

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
