using MessagePack;

namespace PvExec.Proto.Init;

/// <summary>What the messages' readers share.</summary>
internal static class Fields
{
    /// <summary>Starts a message's array.</summary>
    /// <param name="known">How many fields this version reads; more are skipped by <see cref="End"/>.</param>
    /// <returns>How many there are.</returns>
    public static int Begin(ref MessagePackReader reader, int known)
    {
        int count = reader.ReadArrayHeader();
        return count >= known ? count : throw new MessagePackSerializationException($"{count} fields where {known} belong");
    }

    /// <summary>Skips the fields that a later version added.</summary>
    public static void End(ref MessagePackReader reader, int count, int known)
    {
        for (int i = known; i < count; i++)
        {
            reader.Skip();
        }
    }

    /// <summary>A number or nil.</summary>
    public static long? Number(ref MessagePackReader reader, long least, long most)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        long value = reader.ReadInt64();
        return value >= least && value <= most ? value : throw new MessagePackSerializationException($"{value} where {least} to {most} belongs");
    }

    public static byte[] Bytes(ref MessagePackReader reader)
    {
        var bytes = reader.ReadBytes() ?? throw new MessagePackSerializationException("nil where bytes belong");
        var copy = new byte[bytes.Length];
        System.Buffers.BuffersExtensions.CopyTo(bytes, copy);
        return copy;
    }

    public static string Text(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("nil where a string belongs");

    /// <summary>As <see cref="Text"/>; for the names that every Hello brings nothing is allocated.</summary>
    public static string ServiceName(ref MessagePackReader reader)
    {
        MessagePackReader again = reader;
        if (!reader.TryReadStringSpan(out ReadOnlySpan<byte> name))
        {
            reader = again;
            return Text(ref reader);
        }

        return name.IsEmpty ? ""
            : name.SequenceEqual("exec"u8) ? "exec"
            : name.SequenceEqual("process"u8) ? "process"
            : name.SequenceEqual("worktree"u8) ? "worktree"
            : name.SequenceEqual("front"u8) ? "front"
            : System.Text.Encoding.UTF8.GetString(name);
    }

    public static byte[][] BytesList(ref MessagePackReader reader)
    {
        var list = new byte[reader.ReadArrayHeader()][];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = Bytes(ref reader);
        }

        return list;
    }

    public static string[] TextList(ref MessagePackReader reader)
    {
        var list = new string[reader.ReadArrayHeader()];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = Text(ref reader);
        }

        return list;
    }

    public static int[] Numbers(ref MessagePackReader reader)
    {
        var list = new int[reader.ReadArrayHeader()];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = reader.ReadInt32();
        }

        return list;
    }

    public static void Write(ref MessagePackWriter writer, long? number)
    {
        if (number is { } value)
        {
            writer.Write(value);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<byte[]> list)
    {
        writer.WriteArrayHeader(list.Count);
        foreach (byte[] bytes in list)
        {
            writer.Write(bytes);
        }
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<string> list)
    {
        writer.WriteArrayHeader(list.Count);
        foreach (string text in list)
        {
            writer.Write(text);
        }
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<int> list)
    {
        writer.WriteArrayHeader(list.Count);
        foreach (int number in list)
        {
            writer.Write(number);
        }
    }
}
