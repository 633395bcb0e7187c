using MessagePack;
using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Succession;

/// <summary>How much output is kept: head and tail (nil: the default), and whether it is on disk.</summary>
internal static class OutputLimitsRecord
{
    private const int Fields = 3;

    public static void Write(ref MessagePackWriter writer, OutputLimits limits)
    {
        writer.WriteArrayHeader(Fields);
        WriteOptional(ref writer, limits.HeadBytes);
        WriteOptional(ref writer, limits.TailBytes);
        writer.Write(limits.OnDisk);
    }

    public static OutputLimits Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        var limits = new OutputLimits { HeadBytes = ReadOptional(ref reader), TailBytes = ReadOptional(ref reader), OnDisk = reader.ReadBoolean() };
        reader.EndRecord(fields, Fields);
        return limits;
    }

    private static void WriteOptional(ref MessagePackWriter writer, long? number)
    {
        if (number is { } some)
        {
            writer.Write(some);
        }
        else
        {
            writer.WriteNil();
        }
    }

    private static long? ReadOptional(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadInt64();
}
