using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Leases;

/// <summary>Locks that another service holds for a time.</summary>
internal sealed class ScopeLease(ulong id, ScopeTicket ticket, string owner)
{
    public ulong Id { get; } = id;

    public ScopeTicket Ticket { get; } = ticket;

    /// <summary>The connection that it ends with; none after a restart of this service, until the holder renews it. Guarded by the leases' lock.</summary>
    public string Owner { get; set; } = owner;

    /// <summary>Ends the lease when its time is over.</summary>
    public ITimer? Expiry { get; set; }

    /// <summary>Ends the lease with its owner's connection.</summary>
    public CancellationTokenRegistration OwnerGone { get; set; }
}
