using MessagePack;

namespace PvExec.Proto.Bus.Exec;

/// <summary>The scopes are held. The lease ends by release, with its holder's connection, or when it was not renewed in time.</summary>
/// <param name="LeaseId">Names the lease in <see cref="RenewScopes"/> and <see cref="ReleaseScopes"/>; it cannot be guessed, and a renewal binds the lease to the connection that it comes on.</param>
/// <param name="TimeToLive">How long the lease lasts from now, or from a renewal; milliseconds on the wire.</param>
public sealed record ScopesAcquired(ulong LeaseId, TimeSpan TimeToLive) : IBusMessage<ScopesAcquired>
{
    public static string Kind => "exec.scopes.acquired";

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(LeaseId);
        writer.WriteDuration(TimeToLive);
    }

    public static ScopesAcquired Read(ref MessagePackReader reader)
    {
        reader.ReadFields(2);
        return new ScopesAcquired(reader.ReadUInt64(), reader.ReadDuration());
    }
}
