using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <content>Who holds, and who waits for whom.</content>
public sealed partial class ScopeLocks
{
    /// <summary>Who holds and who waits for each scope that somebody names, in the order of the scopes' names.</summary>
    public IReadOnlyList<ScopeUse> Snapshot()
    {
        lock (_lock)
        {
            var uses = new List<ScopeUse>(_queues.Count);
            foreach (LockQueue queue in _queues.All)
            {
                LockPlace[] places = [.. queue.Places.Where(place => place.Claimed is not null).OrderBy(place => place.Ticket.Number)];
                if (places.Length > 0)
                {
                    uses.Add(new ScopeUse(queue.Key.Name, Of(places, TicketState.Held), Of(places, TicketState.Waiting)));
                }
            }

            uses.Sort((a, b) => string.CompareOrdinal(a.Scope, b.Scope));
            return uses;
        }
    }

    internal IReadOnlyList<ScopeBlocker> WaitsFor(ScopeTicket ticket, int atMost)
    {
        lock (_lock)
        {
            if (ticket.State != TicketState.Waiting)
            {
                return [];
            }

            return
            [
                .. PlacesOf(ticket)
                    .Where(number => !_places[number].HasTurn)
                    .SelectMany(number => _places[number].Queue.Ahead(number, atMost))
                    .DistinctBy(place => place.Ticket.Number)
                    .OrderBy(place => place.Ticket.Number)
                    .Take(atMost)
                    .Select(place => new ScopeBlocker(
                        place.Ticket.Holder, place.Ticket.Reason, place.Ticket.Scopes, place.Queue.Key.Name,
                        place.Mode is LockMode.Write or LockMode.IntentWrite or LockMode.ReadIntentWrite, place.Ticket.State == TicketState.Held, SinceOf(place.Ticket))
                    {
                        IsLimit = place.Queue.Key.IsTask,
                        Wanted = ticket.Scopes,
                    }),
            ];
        }
    }

    private IEnumerable<int> PlacesOf(ScopeTicket ticket)
    {
        for (int number = ticket.FirstPlace; number != LockPlaces.None; number = _places[number].Next)
        {
            yield return number;
        }
    }

    private static IReadOnlyList<ScopeUser> Of(LockPlace[] places, TicketState state) =>
    [
        .. places.Where(place => place.Ticket.State == state).Select(place => new ScopeUser(
            place.Ticket.Holder, place.Ticket.Reason, place.Claimed!.Value, SinceOf(place.Ticket))),
    ];

    private static DateTimeOffset SinceOf(ScopeTicket ticket) => ticket.State == TicketState.Held ? ticket.Since : ticket.Requested;
}
