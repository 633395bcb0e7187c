namespace PvExec.Exec.Core.Scopes;

/// <summary>A ticket's place in the queue of one scope.</summary>
internal sealed class ScopePlace(ScopeTicket ticket, ScopeQueue queue, ScopeAccess access)
{
    public ScopeTicket Ticket { get; } = ticket;

    public ScopeQueue Queue { get; } = queue;

    public ScopeAccess Access { get; } = access;

    public ScopePlace? Before { get; set; }

    public ScopePlace? Behind { get; set; }
}
