using System.Globalization;

namespace PvExec.Bench;

/// <summary>Measured values as text.</summary>
public static class Amount
{
    /// <summary>Megabytes of a million bytes.</summary>
    public static string Megabytes(double bytes) => Number(bytes / 1e6) + " MB";

    /// <summary>Microseconds or milliseconds, whichever is shorter to read.</summary>
    public static string Time(double microseconds) =>
        microseconds < 1000 ? Number(microseconds) + " µs" : Number(microseconds / 1000) + " ms";

    public static string Ratio(double ours, double theirs) => (ours / theirs).ToString("0.00", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Three digits, or all before the point.</summary>
    private static string Number(double value) =>
        value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}
