using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Holds;

/// <summary>Locks that a stream holds, or waits for.</summary>
/// <param name="id">Cannot be guessed: whoever knows it takes the hold over after a restart of this service.</param>
/// <param name="requested">When it was asked for, also at an earlier instance.</param>
public sealed class ScopeHold(string id, ScopeTicket ticket, long order, DateTimeOffset requested)
{
    public string Id { get; } = id;

    public ScopeTicket Ticket { get; } = ticket;

    public DateTimeOffset Requested { get; } = requested;

    /// <summary>Its place among all requests for locks.</summary>
    internal long Order { get; } = order;

    /// <summary>Whether the observer knows that it is held. Guarded by the holds' lock.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Ends one whose stream does not come back from the instance before. Guarded by the holds' lock.</summary>
    internal ITimer? Expiry { get; set; }
}
