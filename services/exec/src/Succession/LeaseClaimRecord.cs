using MessagePack;
using PvExec.Exec.Leases;

namespace PvExec.Exec.Succession;

/// <summary>A request for a lease that waits: order, holder, reason, reads, writes.</summary>
internal static class LeaseClaimRecord
{
    private const int Fields = 5;

    public static void Write(ref MessagePackWriter writer, LeaseClaim claim)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(claim.Order);
        writer.Write(claim.Holder);
        writer.Write(claim.Reason);
        writer.WriteScopes(claim.Scopes);
    }

    public static LeaseClaim Read(ref MessagePackReader reader)
    {
        int fields = reader.BeginRecord(Fields);
        var claim = new LeaseClaim(reader.ReadInt64(), reader.ReadText(), reader.ReadText(), reader.ReadScopes());
        reader.EndRecord(fields, Fields);
        return claim;
    }
}
