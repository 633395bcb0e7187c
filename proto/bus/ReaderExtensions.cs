using MessagePack;

namespace PvExec.Proto.Bus;

/// <summary>What the messages read most.</summary>
internal static class ReaderExtensions
{
    // 9999-12-31, the largest that DateTimeOffset takes.
    private const long LastUnixMilliseconds = 253402300799999;

    // A leap year.
    private const long LongestMilliseconds = 366L * 24 * 3600 * 1000;

    /// <summary>The number of fields that follow.</summary>
    /// <exception cref="MessagePackSerializationException">There are fewer than <paramref name="atLeast"/>.</exception>
    public static int ReadFields(this ref MessagePackReader reader, int atLeast)
    {
        int fields = reader.ReadArrayHeader();
        return fields >= atLeast
            ? fields
            : throw new MessagePackSerializationException($"there are {fields} fields and at least {atLeast} are needed");
    }

    /// <exception cref="MessagePackSerializationException">It is nil.</exception>
    public static string ReadText(this ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("a text is missing");

    public static string[] ReadTexts(this ref MessagePackReader reader)
    {
        var texts = new string[reader.ReadArrayHeader()];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadText();
        }

        return texts;
    }

    /// <summary>How long a caller waits, milliseconds on the wire: none when it is negative, a year when it is longer.</summary>
    public static TimeSpan ReadTimeToLive(this ref MessagePackReader reader) =>
        TimeSpan.FromMilliseconds(Math.Clamp(reader.ReadInt64(), 0, LongestMilliseconds));

    /// <summary>A length of time, milliseconds on the wire.</summary>
    /// <exception cref="MessagePackSerializationException">It is negative or longer than a year.</exception>
    public static TimeSpan ReadDuration(this ref MessagePackReader reader)
    {
        long milliseconds = reader.ReadInt64();
        return milliseconds is >= 0 and <= LongestMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new MessagePackSerializationException($"{milliseconds} ms is no length of time");
    }

    /// <summary>A moment, Unix milliseconds on the wire.</summary>
    /// <exception cref="MessagePackSerializationException">It is before 1970 or after 9999.</exception>
    public static DateTimeOffset ReadTime(this ref MessagePackReader reader)
    {
        long milliseconds = reader.ReadInt64();
        return milliseconds is >= 0 and <= LastUnixMilliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new MessagePackSerializationException($"{milliseconds} is no time");
    }

    public static void WriteTexts(this ref MessagePackWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteArrayHeader(texts.Count);
        foreach (string text in texts)
        {
            writer.Write(text);
        }
    }

    public static void WriteDuration(this ref MessagePackWriter writer, TimeSpan duration) =>
        writer.Write((long)duration.TotalMilliseconds);
}
