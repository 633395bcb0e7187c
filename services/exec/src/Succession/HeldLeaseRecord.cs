using MessagePack;
using PvExec.Exec.Leases;

namespace PvExec.Exec.Succession;

/// <summary>A lease: id, holder, reason, reads, writes.</summary>
internal static class HeldLeaseRecord
{
    private const int Fields = 5;

    public static void Write(ref MessagePackWriter writer, HeldLease lease)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(lease.Id);
        writer.Write(lease.Holder);
        writer.Write(lease.Reason);
        writer.WriteScopes(lease.Scopes);
    }

    public static HeldLease Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        var lease = new HeldLease(reader.ReadUInt64(), reader.ReadText(), reader.ReadText(), reader.ReadScopes());
        reader.EndRecord(fields, Fields);
        return lease;
    }
}
