using System.Globalization;

namespace PvExec.Kernel.Configuration;

/// <summary>Sizes as people write them: <c>65536</c>, <c>64K</c>, <c>64KiB</c>, <c>1M</c>, <c>1.5GiB</c>; K, M and G are powers of 1024.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] s_units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("", 1),
    ];

    /// <returns>Null when the text is no size, or not a whole number of bytes.</returns>
    public static long? Parse(string text)
    {
        (string suffix, long unit) = Array.Find(s_units, one => text.EndsWith(one.Suffix, StringComparison.Ordinal));
        return decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= long.MaxValue / unit && number * unit == decimal.Floor(number * unit)
            ? (long)(number * unit)
            : null;
    }

    /// <summary>In the largest unit that needs no fraction; <see cref="Parse"/> reads it again.</summary>
    public static string Text(long bytes)
    {
        (string suffix, long unit) = Array.FindLast(s_units[..3], one => bytes != 0 && bytes % one.Bytes == 0);
        return unit == 0 ? bytes.ToString(CultureInfo.InvariantCulture) : (bytes / unit).ToString(CultureInfo.InvariantCulture) + suffix;
    }
}
