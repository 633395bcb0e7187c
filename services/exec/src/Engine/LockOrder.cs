using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Engine;

/// <summary>Asks for locks, and numbers the requests in the order in which they stand in the queues: a new instance asks again in that order.</summary>
public sealed class LockOrder(ScopeLocks locks)
{
    /// <summary>Guards the number, and that a request with a higher one stands behind. The locks' own lock is taken inside.</summary>
    private readonly Lock _lock = new();

    private long _last;

    /// <inheritdoc cref="ScopeLocks.Request"/>
    public (ScopeTicket Ticket, long Number) Request(ScopeSet scopes, string holder, string reason, DateTimeOffset? since = null)
    {
        lock (_lock)
        {
            return (locks.Request(scopes, holder, reason, since), ++_last);
        }
    }
}
