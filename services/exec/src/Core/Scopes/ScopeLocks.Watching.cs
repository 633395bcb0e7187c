using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <content>What those who watch are given. Nothing here holds the lock for longer than one scope's users, or the names of all scopes, take.</content>
public sealed partial class ScopeLocks
{
    /// <summary>Who holds and who waits for one scope at this moment.</summary>
    /// <param name="atMost">How many of each to list.</param>
    public ScopeUse UseOf(string scope, int atMost)
    {
        (ScopeTicket Ticket, ScopeAccess Access, TicketState State, DateTimeOffset Since)[] users;
        int holders;
        int waiters;
        lock (_lock)
        {
            if (_queues.Find(scope) is not { } queue)
            {
                return new ScopeUse(scope, [], []);
            }

            users = [.. queue.Naming(atMost).Select(place => (place.Ticket, place.Claimed!.Value, place.Ticket.State, SinceOf(place.Ticket)))];
            (holders, waiters) = (queue.Holders, queue.Waiters);
        }

        Array.Sort(users, (a, b) => a.Ticket.Number.CompareTo(b.Ticket.Number));
        return new ScopeUse(scope, In(TicketState.Held), In(TicketState.Waiting)) { HolderCount = holders, WaiterCount = waiters };

        ScopeUser[] In(TicketState state) =>
        [
            .. users.Where(user => user.State == state).Take(atMost).Select(user => new ScopeUser(
                user.Ticket.Holder, user.Ticket.Reason, user.Access, user.Since)),
        ];
    }

    /// <inheritdoc cref="ScopeChanges.Next"/>
    internal Task NextChange() => _changes.Next();

    /// <param name="watches">How many there are now.</param>
    internal void SetWatches(int watches)
    {
        lock (_lock)
        {
            _changes.Watches = watches;
            if (watches == 0)
            {
                _changes.Take();
            }
        }
    }

    /// <inheritdoc cref="ScopeChanges.Take"/>
    internal (IReadOnlyList<LockQueue> Changed, bool IsIncomplete) TakeChanges()
    {
        lock (_lock)
        {
            return _changes.Take();
        }
    }

    /// <summary>The scopes that somebody names, in no order.</summary>
    internal IReadOnlyList<string> InUse()
    {
        lock (_lock)
        {
            var scopes = new List<string>(_queues.Count);
            foreach (LockQueue queue in _queues.All)
            {
                if (queue.Holders + queue.Waiters > 0)
                {
                    scopes.Add(queue.Key.Name);
                }
            }

            return scopes;
        }
    }
}
