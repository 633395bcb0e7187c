using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Leases;

/// <summary>A request for a lease that waits: of a caller, or of one that is expected to ask again after a restart of this service.</summary>
internal sealed class LeaseRequest(ScopeTicket ticket, long order)
{
    public ScopeTicket Ticket { get; } = ticket;

    public long Order { get; } = order;

    /// <summary>Ends one whose holder did not ask again.</summary>
    public ITimer? Expiry { get; set; }

    public bool IsOf(ScopeSet scopes, string holder, string reason) =>
        Ticket.Holder == holder && Ticket.Reason == reason && Ticket.Scopes.Claims.SequenceEqual(scopes.Claims);
}
