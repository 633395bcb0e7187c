using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>Ends a lease. A lease that has ended already is NotFound.</summary>
/// <param name="LeaseId">From <see cref="ScopesAcquired"/>.</param>
public sealed record ReleaseScopes(ulong LeaseId) : IBusMessage<ReleaseScopes>
{
    public static string Kind => "exec.scopes.release";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(LeaseId);
    }

    public static ReleaseScopes Read(ref MessagePackReader reader)
    {
        reader.ReadFields(1);
        return new ReleaseScopes(reader.ReadUInt64());
    }
}
