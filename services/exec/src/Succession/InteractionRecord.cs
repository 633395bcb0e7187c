using MessagePack;
using PvExec.Exec.Core.Input;

namespace PvExec.Exec.Succession;

/// <summary>How more input comes than a request has: nil when none does, or closed, and of a terminal its type (nil for a pipe), columns and rows.</summary>
internal static class InteractionRecord
{
    private const int Fields = 4;

    public static void Write(ref MessagePackWriter writer, Interaction? interaction)
    {
        if (interaction is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(Fields);
        writer.Write(interaction.IsClosed);
        writer.Write(interaction.Terminal?.Type);
        writer.Write(interaction.Terminal?.Columns ?? 0);
        writer.Write(interaction.Terminal?.Rows ?? 0);
    }

    public static Interaction? Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        int fields = reader.BeginRecord(Fields);
        bool isClosed = reader.ReadBoolean();
        string? type = reader.ReadString();
        int columns = reader.ReadInt32();
        int rows = reader.ReadInt32();
        reader.EndRecord(fields, Fields);
        return new Interaction(type is null ? null : new TerminalSettings(type, columns, rows)) { IsClosed = isClosed };
    }
}
