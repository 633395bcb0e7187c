using MessagePack;
using PvExec.Exec.Holds;

namespace PvExec.Exec.Succession;

/// <summary>A hold: order, id, held, told, holder, reason, reads, writes, asked for and granted in milliseconds since 1970.</summary>
internal static class HoldRecord
{
    private const int Fields = 10;

    public static void Write(ref MessagePackWriter writer, HandedHold hold)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(hold.Order);
        writer.Write(hold.Id);
        writer.Write(hold.IsHeld);
        writer.Write(hold.IsTold);
        writer.Write(hold.Holder);
        writer.Write(hold.Reason);
        writer.WriteScopes(hold.Scopes);
        RecordFormat.Write(ref writer, hold.Requested);
        RecordFormat.Write(ref writer, hold.Since);
    }

    public static HandedHold Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        var hold = new HandedHold(
            reader.ReadInt64(), reader.ReadText(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadText(), reader.ReadText(),
            reader.ReadScopes(), reader.ReadTime(), reader.ReadTime());
        reader.EndRecord(fields, Fields);
        return hold;
    }
}
