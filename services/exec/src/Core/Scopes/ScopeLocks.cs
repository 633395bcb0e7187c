using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// Locks on scopes and on the number of a task's runs: all of a set or none, first come first served, readers together.
/// </summary>
/// <remarks>
/// <para>
/// Two tickets are in conflict when one writes a scope that the other reads or writes, or one that holds it or lies
/// in it. <b>A ticket is granted when no older ticket that is still there is in conflict with it</b>, and there is no
/// other rule: nobody is overtaken, a writer by readers neither; whoever waits, waits for older ones only, so there is no
/// deadlock, and the oldest of all always holds its locks. The price is that a ticket that waits for one scope keeps
/// younger ones out of its other scopes.
/// </para>
/// <para>
/// How the hierarchy is looked at without walking through it: a ticket stands in the queue of each of its scopes, and
/// with an intent in the queue of each scope that holds one of these (<see cref="LockPlan"/>): who writes
/// <c>src/app</c> writes there and intends to write at <c>src</c>. Two tickets in conflict meet at the higher of their two
/// scopes in modes that exclude each other (<see cref="LockModes"/>); two that are not, such as <c>src/app</c> and
/// <c>src/lib</c>, meet at <c>src</c> with intents, which do not. So it is enough that each queue says for itself
/// whose turn it is (<see cref="ScopeNode"/>), and the ticket counts the queues where it is not yet its turn. A limit on the runs
/// of a task is one more queue (<see cref="TaskSlots"/>). A ticket enters all its queues in one step under the
/// lock, so all queues have the same order.
/// </para>
/// <para>
/// Cost: a request, a release or a withdrawal takes a fixed number of steps for each queue that the ticket stands in, that is for
/// each of its scopes and of their segments, and one for each turn that it gives, of which each place gets one in its
/// life. It is the same while somebody watches (<see cref="ScopeWatches"/>), with one step more for each scope. The lengths of these queues and of others do not matter. A queue that nobody stands in is not kept.
/// </para>
/// </remarks>
public sealed partial class ScopeLocks
{
    /// <summary>Guards the queues and every ticket's state. Taken last: nothing else is locked or called under it.</summary>
    private readonly Lock _lock = new();

    private readonly LockSteps _steps;
    private readonly LockQueues _queues;
    private readonly ScopeChanges _changes = new();
    private readonly LockPlaces _places = new();
    private readonly List<int> _turns = [];
    private readonly TimeProvider _time;
    private long _lastNumber;
    private int _waiting;

    public ScopeLocks(TimeProvider time)
    {
        _time = time;
        _steps = new LockSteps();
        _queues = new LockQueues(_places, _steps);
    }

    /// <summary>How many tickets wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>How many scopes and tasks somebody holds or waits for, those that only hold such scopes included.</summary>
    public int Queues
    {
        get
        {
            lock (_lock)
            {
                return _queues.Count;
            }
        }
    }

    /// <summary>How many steps all decisions so far have taken together.</summary>
    internal long Steps
    {
        get
        {
            lock (_lock)
            {
                return _steps.Count;
            }
        }
    }

    /// <summary>Asks for all locks of a set. An empty one is granted at once.</summary>
    /// <param name="holder">Who asks, shown to those who wait.</param>
    /// <param name="reason">What for, shown with it.</param>
    /// <param name="since">When it was granted, or asked for, at an earlier instance of the service; null for a new request.</param>
    public ScopeTicket Request(ScopeSet scopes, string holder, string reason, DateTimeOffset? since = null)
    {
        DateTimeOffset asked = since ?? _time.GetUtcNow();
        var ticket = new ScopeTicket(this, scopes, holder, reason, asked);
        lock (_lock)
        {
            ticket.Number = ++_lastNumber;
            LockPlan.Make(ticket, _queues, _places);
            for (int place = ticket.FirstPlace; place != LockPlaces.None; place = _places[place].Next)
            {
                Enter(ticket, place);
            }

            if (ticket.Blocked == 0)
            {
                Grant(ticket, asked);
            }
            else
            {
                _waiting++;
            }
        }

        return ticket;
    }

    internal TicketState StateOf(ScopeTicket ticket)
    {
        lock (_lock)
        {
            return ticket.State;
        }
    }

    internal Task GrantedOf(ScopeTicket ticket)
    {
        lock (_lock)
        {
            return ticket.GrantedNow();
        }
    }

    internal DateTimeOffset HeldSince(ScopeTicket ticket)
    {
        lock (_lock)
        {
            return ticket.Since;
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

    private void Enter(ScopeTicket ticket, int number)
    {
        ref LockPlace place = ref _places[number];
        LockQueue queue = place.Queue;
        queue.Planned = LockPlaces.None;
        queue.Append(number);
        ticket.Blocked += place.HasTurn ? 0 : 1;
        if (place.Claimed is not null)
        {
            queue.Waiters++;
            _changes.Add(queue);
        }
    }

    private void Leave(ScopeTicket ticket)
    {
        if (ticket.State is TicketState.Released or TicketState.Withdrawn)
        {
            return;
        }

        bool held = ticket.State == TicketState.Held;
        ticket.State = held ? TicketState.Released : TicketState.Withdrawn;
        if (!held)
        {
            _waiting--;
            ticket.CancelGranted();
        }

        while (ticket.FirstPlace is var number and not LockPlaces.None)
        {
            _steps.Count++;
            ref LockPlace place = ref _places[number];
            LockQueue queue = place.Queue;
            if (place.Claimed is not null)
            {
                queue.Holders -= held ? 1 : 0;
                queue.Waiters -= held ? 0 : 1;
                _changes.Add(queue);
            }

            queue.Remove(number, _turns);
            if (queue.IsEmpty)
            {
                _queues.Remove(queue);
            }

            ticket.FirstPlace = place.Next;
            _places.Return(number);
        }

        foreach (int turn in _turns)
        {
            _steps.Count++;
            ScopeTicket next = _places[turn].Ticket;
            if (--next.Blocked == 0)
            {
                _waiting--;
                Grant(next, _time.GetUtcNow());
            }
        }

        _turns.Clear();
    }

    /// <summary>Whoever awaits the grant goes on on another thread, never under the lock.</summary>
    private void Grant(ScopeTicket ticket, DateTimeOffset since)
    {
        ticket.State = TicketState.Held;
        ticket.Since = since;
        for (int number = ticket.FirstPlace; number != LockPlaces.None; number = _places[number].Next)
        {
            _steps.Count++;
            ref LockPlace place = ref _places[number];
            if (place.Claimed is not null)
            {
                place.Queue.Holders++;
                place.Queue.Waiters--;
                _changes.Add(place.Queue);
            }
        }

        ticket.CompleteGranted();
    }
}
