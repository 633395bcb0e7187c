using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>A ticket's place in one queue. It is one of <see cref="LockPlaces"/>, and others of these are meant by their numbers.</summary>
internal struct LockPlace
{
    public ScopeTicket Ticket { get; set; }

    public LockQueue Queue { get; set; }

    /// <summary>The same ticket's place in another queue.</summary>
    public int Next { get; set; }

    /// <summary>In its line.</summary>
    public int Before { get; set; }

    public int Behind { get; set; }

    /// <summary>Settled before it is in a line.</summary>
    public LockMode Mode { get; set; }

    /// <summary>Once it is, nobody that comes later takes it away.</summary>
    public bool HasTurn { get; set; }

    /// <summary>What the ticket's set says of this very scope; null when it only names some below it, and of a task's queue.</summary>
    public readonly ScopeAccess? Claimed => Queue.Key.IsTask ? null : Mode switch
    {
        LockMode.Write => ScopeAccess.Write,
        LockMode.Read or LockMode.ReadIntentWrite => ScopeAccess.Read,
        _ => null,
    };

    public readonly bool IsOlderThan(in LockPlace other) => Ticket.Number < other.Ticket.Number;
}
