using System.Text;

namespace PvExec.Hosting.Server;

/// <summary>
/// Names and values of header fields as texts. Those that come again and again are made once, which is most: values that are secret or
/// long never are kept. What is read is the calling thread's own.
/// </summary>
internal static class FieldTexts
{
    private const int Kept = 256;
    private const int LongestKept = 64;

    [ThreadStatic]
    private static string?[]? s_values;

    [ThreadStatic]
    private static string?[]? s_names;

    [ThreadStatic]
    private static KeyValuePair<string, byte[]>[]? s_bytes;

    /// <summary>Whether a field of that name may hold what gives access, or what a caller alone is to read, whether it says so or not.</summary>
    public static bool IsSecret(ReadOnlySpan<byte> name) =>
        name.EndsWith("authorization"u8) || name.SequenceEqual("cookie"u8) || name.EndsWith("-bin"u8) || name.IndexOf("token"u8) >= 0;

    public static string Name(ReadOnlySpan<byte> name) => Find(s_names ??= new string?[Kept], name);

    public static string Value(ReadOnlySpan<byte> value, bool isSecret) =>
        isSecret || value.Length > LongestKept ? Encoding.UTF8.GetString(value) : Find(s_values ??= new string?[Kept], value);

    /// <summary>A name as it is sent: in lower case.</summary>
    public static ReadOnlySpan<byte> Bytes(string name)
    {
        s_bytes ??= new KeyValuePair<string, byte[]>[Kept];
        ref KeyValuePair<string, byte[]> known = ref s_bytes[(uint)string.GetHashCode(name, StringComparison.Ordinal) % Kept];
        if (known.Key != name)
        {
            known = new(name, Encoding.Latin1.GetBytes(name.ToLowerInvariant()));
        }

        return known.Value;
    }

    private static string Find(string?[] known, ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        ref string? text = ref known[(uint)hash.ToHashCode() % Kept];
        if (text is null || !Ascii.Equals(bytes, text))
        {
            text = Encoding.UTF8.GetString(bytes);
        }

        return text;
    }
}
