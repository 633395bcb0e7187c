using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Starts the time of a lease anew. NotFound when the lease has ended: what it guarded is no longer held.</summary>
/// <param name="LeaseId">From <see cref="ScopesAcquired"/>.</param>
public sealed record RenewScopes(ulong LeaseId) : IBusMessage<RenewScopes>
{
    public static string Kind => "exec.scopes.renew";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(LeaseId);
    }

    public static RenewScopes Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new RenewScopes(reader.ReadUInt64());
    }
}
