namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// Locks on scopes: all of a set or none, first come first served in each scope, readers together.
/// </summary>
/// <remarks>
/// A ticket is put into the queues of all its scopes in one step, so any two tickets stand in the same order wherever
/// they meet. Hence the oldest ticket that waits has nobody but holders before it, and is granted when these release:
/// there is no deadlock, and no ticket is overtaken in any of its scopes, a writer by readers neither. The price is
/// that a ticket that waits for one scope keeps later tickets out of its other ones.
/// A request or a release costs a step for each of its own scopes and for each ticket that gets its turn by it,
/// however long these and other queues are.
/// </remarks>
public sealed class ScopeLocks(TimeProvider time)
{
    /// <summary>Guards the queues and every ticket's state. Taken last: nothing else is locked or called under it.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<string, ScopeQueue> _queues = new(StringComparer.Ordinal);
    private readonly List<ScopePlace> _turns = [];
    private int _waiting;

    /// <summary>How many tickets wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Asks for all locks of a set. An empty one is granted at once.</summary>
    /// <param name="holder">Who asks, shown to those who wait.</param>
    /// <param name="reason">What for, shown with it.</param>
    public ScopeTicket Request(ScopeSet scopes, string holder, string reason)
    {
        var ticket = new ScopeTicket(this, scopes, holder, reason, time.GetUtcNow());
        lock (_lock)
        {
            for (int i = 0; i < ticket.Places.Length; i++)
            {
                ScopeClaim claim = scopes.Claims[i];
                if (!_queues.TryGetValue(claim.Scope, out ScopeQueue? queue))
                {
                    _queues.Add(claim.Scope, queue = new ScopeQueue(claim.Scope));
                }

                var place = new ScopePlace(ticket, queue, claim.Access);
                ticket.Places[i] = place;
                ticket.Blocked += queue.Append(place) ? 0 : 1;
            }

            if (ticket.Blocked == 0)
            {
                Grant(ticket);
            }
            else
            {
                _waiting++;
            }
        }

        return ticket;
    }

    /// <summary>Who holds and who waits for each scope that is in use, in the order of the scopes' names.</summary>
    public IReadOnlyList<ScopeUse> Snapshot()
    {
        lock (_lock)
        {
            var uses = new List<ScopeUse>(_queues.Count);
            foreach (ScopeQueue queue in _queues.Values)
            {
                uses.Add(new ScopeUse(queue.Scope, Of(queue, TicketState.Held), Of(queue, TicketState.Waiting)));
            }

            uses.Sort((a, b) => string.CompareOrdinal(a.Scope, b.Scope));
            return uses;
        }
    }

    internal TicketState StateOf(ScopeTicket ticket)
    {
        lock (_lock)
        {
            return ticket.State;
        }
    }

    internal void Release(ScopeTicket ticket)
    {
        lock (_lock)
        {
            Leave(ticket);
        }
    }

    internal bool TryWithdraw(ScopeTicket ticket)
    {
        lock (_lock)
        {
            if (ticket.State != TicketState.Waiting)
            {
                return false;
            }

            Leave(ticket);
            return true;
        }
    }

    private void Leave(ScopeTicket ticket)
    {
        if (ticket.State == TicketState.Released)
        {
            return;
        }

        if (ticket.State == TicketState.Waiting)
        {
            _waiting--;
            ticket.CancelGranted();
        }

        ticket.State = TicketState.Released;
        foreach (ScopePlace place in ticket.Places)
        {
            place.Queue.Remove(place, _turns);
            if (place.Queue.IsEmpty)
            {
                _queues.Remove(place.Queue.Scope);
            }
        }

        foreach (ScopePlace turn in _turns)
        {
            if (--turn.Ticket.Blocked == 0)
            {
                _waiting--;
                Grant(turn.Ticket);
            }
        }

        _turns.Clear();
    }

    /// <summary>Whoever awaits the grant goes on on another thread, never under the lock.</summary>
    private void Grant(ScopeTicket ticket)
    {
        ticket.State = TicketState.Held;
        ticket.Since = time.GetUtcNow();
        ticket.CompleteGranted();
    }

    private static IReadOnlyList<ScopeUser> Of(ScopeQueue queue, TicketState state) =>
    [
        .. queue.Places.Where(place => place.Ticket.State == state).Select(place => new ScopeUser(
            place.Ticket.Holder, place.Ticket.Reason, place.Access,
            state == TicketState.Held ? place.Ticket.Since : place.Ticket.Requested)),
    ];
}
