using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Succession;

namespace PvExec.Exec.Leases;

/// <content>One instance of this service takes the place of another.</content>
public sealed partial class ScopeLeases
{
    /// <summary>The leases. Call it when the gate is closed.</summary>
    public IReadOnlyList<HeldLease> Held()
    {
        lock (_lock)
        {
            return [.. _leases.Values.Select(lease => new HeldLease(lease.Id, lease.Ticket.Holder, lease.Ticket.Reason, lease.Ticket.Scopes))];
        }
    }

    /// <summary>The requests that wait. Call it when the gate is closed.</summary>
    public IReadOnlyList<LeaseClaim> Claims()
    {
        lock (_lock)
        {
            return
            [
                .. _asking.Concat(_claimed).Select(one => new LeaseClaim(one.Order, one.Ticket.Holder, one.Ticket.Reason, one.Ticket.Scopes)),
            ];
        }
    }

    /// <summary>Holds the locks of a lease of the instance before, for its time to live, or on when its holder renews it.</summary>
    public void Restore(HeldLease held)
    {
        (ScopeTicket ticket, _) = locks.Request(held.Scopes, held.Holder, held.Reason);
        lock (_lock)
        {
            Start(held.Id, ticket, owner: "");
        }
    }

    /// <summary>Keeps a place in the queues for a holder that waited at the instance before, till it has had the time to ask again.</summary>
    public void Restore(LeaseClaim claim)
    {
        (ScopeTicket ticket, long order) = locks.Request(claim.Scopes, claim.Holder, claim.Reason);
        var request = new LeaseRequest(ticket, order);
        lock (_lock)
        {
            _claimed.Add(request);
            request.Expiry = time.CreateTimer(_ => TryDecide(() => Forfeit(request)), null, TimeToLive, Timeout.InfiniteTimeSpan);
        }
    }

    private void Forfeit(LeaseRequest claim)
    {
        bool isForfeit;
        lock (_lock)
        {
            isForfeit = _claimed.Remove(claim);
        }

        if (isForfeit)
        {
            claim.Ticket.Release();
        }
    }

    private T Decide<T>(Func<T> decision)
    {
        if (!gate.TryEnter())
        {
            throw new HandedOverException();
        }

        try
        {
            return decision();
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>Does nothing when a new instance of this service decides.</summary>
    private void TryDecide(Action decision)
    {
        if (gate.TryEnter())
        {
            try
            {
                decision();
            }
            finally
            {
                gate.Leave();
            }
        }
    }
}
