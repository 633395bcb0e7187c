using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>A ticket's place in one queue.</summary>
internal sealed class LockPlace(ScopeTicket ticket, LockQueue queue, LockMode mode, ScopeAccess? claimed)
{
    public ScopeTicket Ticket { get; } = ticket;

    public LockQueue Queue { get; } = queue;

    public LockMode Mode { get; } = mode;

    /// <summary>What the ticket's set says of this very scope; null when it only names some below it.</summary>
    public ScopeAccess? Claimed { get; } = claimed;

    /// <summary>Once it is, nobody that comes later takes it away.</summary>
    public bool HasTurn { get; set; }

    /// <summary>In its line.</summary>
    public LockPlace? Before { get; set; }

    public LockPlace? Behind { get; set; }

    public bool IsOlderThan(LockPlace other) => Ticket.Number < other.Ticket.Number;
}
