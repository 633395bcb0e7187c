using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>A ticket's place in one queue.</summary>
internal sealed class LockPlace(ScopeTicket ticket, LockQueue queue)
{
    public ScopeTicket Ticket { get; } = ticket;

    public LockQueue Queue { get; } = queue;

    /// <summary>The same ticket's place in another queue.</summary>
    public LockPlace? Next { get; set; }

    /// <summary>In its line.</summary>
    public LockPlace? Before { get; set; }

    public LockPlace? Behind { get; set; }

    /// <summary>Settled before it is in a line.</summary>
    public LockMode Mode { get; set; }

    /// <summary>Once it is, nobody that comes later takes it away.</summary>
    public bool HasTurn { get; set; }

    /// <summary>What the ticket's set says of this very scope; null when it only names some below it, and of a task's queue.</summary>
    public ScopeAccess? Claimed => Queue.Key.IsTask ? null : Mode switch
    {
        LockMode.Write => ScopeAccess.Write,
        LockMode.Read or LockMode.ReadIntentWrite => ScopeAccess.Read,
        _ => null,
    };

    public bool IsOlderThan(LockPlace other) => Ticket.Number < other.Ticket.Number;
}
