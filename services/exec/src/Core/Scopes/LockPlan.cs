using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>Where a ticket has to queue: at each of its scopes, at all that hold one of these, and at its task.</summary>
internal static class LockPlan
{
    /// <summary>Gives a ticket its places, one in each queue. They are in no line yet, and <see cref="LockQueue.Planned"/> of each queue is to be cleared.</summary>
    public static void Make(ScopeTicket ticket, LockQueues queues, LockPlaces places)
    {
        int last = LockPlaces.None;
        IReadOnlyList<ScopeClaim> claims = ticket.Scopes.Claims;
        for (int i = 0; i < claims.Count; i++)
        {
            (string scope, ScopeAccess access) = claims[i];
            bool reads = access == ScopeAccess.Read;
            for (int slash = scope.IndexOf('/'); slash > 0; slash = scope.IndexOf('/', slash + 1))
            {
                Add(queues.Node(scope, slash), reads ? LockMode.IntentRead : LockMode.IntentWrite);
            }

            Add(queues.Node(scope, scope.Length), reads ? LockMode.Read : LockMode.Write);
        }

        if (ticket.Scopes.Limit is { } limit)
        {
            Add(queues.Slots(limit.Directory), LockMode.Write);
        }

        void Add(LockQueue queue, LockMode mode)
        {
            if (queue.Planned != LockPlaces.None)
            {
                ref LockPlace known = ref places[queue.Planned];
                known.Mode = LockModes.Join(known.Mode, mode);
                return;
            }

            int place = places.Take(ticket, queue, mode);
            queue.Planned = place;
            if (last == LockPlaces.None)
            {
                ticket.FirstPlace = place;
            }
            else
            {
                places[last].Next = place;
            }

            last = place;
        }
    }
}
