using System.Buffers;
using MessagePack;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Succession;

/// <summary>What the records of the table share.</summary>
internal static class RecordFormat
{
    public delegate void Writing<T>(ref MessagePackWriter writer, T record);

    public delegate T Reading<T>(ref MessagePackReader reader);

    public static void WriteRecords<T>(this ref MessagePackWriter writer, IReadOnlyList<T> records, Writing<T> write)
    {
        writer.WriteArrayHeader(records.Count);
        foreach (T record in records)
        {
            write(ref writer, record);
        }
    }

    public static T[] ReadRecords<T>(this ref MessagePackReader reader, Reading<T> read)
    {
        var records = new T[reader.ReadArrayHeader()];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = read(ref reader);
        }

        return records;
    }

    /// <returns>How many fields there are.</returns>
    public static int BeginRecord(this ref MessagePackReader reader, int atLeast)
    {
        int fields = reader.ReadArrayHeader();
        return fields >= atLeast ? fields : throw new MessagePackSerializationException($"{fields} fields where {atLeast} belong");
    }

    /// <summary>Skips the fields that a later version added.</summary>
    public static void EndRecord(this ref MessagePackReader reader, int fields, int known)
    {
        for (int i = known; i < fields; i++)
        {
            reader.Skip();
        }
    }

    public static string ReadText(this ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("nil where a text belongs");

    public static byte[] ReadBlob(this ref MessagePackReader reader) =>
        (reader.ReadBytes() ?? throw new MessagePackSerializationException("nil where bytes belong")).ToArray();

    public static DateTimeOffset ReadTime(this ref MessagePackReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());

    public static void Write(this ref MessagePackWriter writer, DateTimeOffset time) => writer.Write(time.ToUnixTimeMilliseconds());

    public static void WriteScopes(this ref MessagePackWriter writer, ScopeSet scopes)
    {
        writer.WriteRecords<string>([.. scopes.Reads], WriteText);
        writer.WriteRecords<string>([.. scopes.Writes], WriteText);
    }

    public static ScopeSet ReadScopes(this ref MessagePackReader reader)
    {
        string[] reads = reader.ReadRecords(ReadText);
        return ScopeSet.From(reads, reader.ReadRecords(ReadText));
    }

    public static void WriteText(ref MessagePackWriter writer, string text) => writer.Write(text);
}
