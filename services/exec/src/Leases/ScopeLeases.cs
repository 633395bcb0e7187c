using Microsoft.Extensions.Logging;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;

namespace PvExec.Exec.Leases;

/// <summary>
/// Locks for other services. They queue with the tasks, and end by release, with the holder's connection, or when the
/// holder did not renew in time.
/// </summary>
public sealed class ScopeLeases(ScopeLocks locks, TimeProvider time, ILogger<ScopeLeases> log) : IDisposable
{
    /// <summary>Guards the two fields below. The locks' own lock is never taken under it.</summary>
    private readonly Lock _lock = new();

    // A timer takes no more than 2^32 - 2 ms.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(49);

    private readonly Dictionary<ulong, ScopeLease> _leases = [];
    private ulong _lastId;

    /// <summary>How long a lease lasts without a renewal. The connection of a process that died ends at once; this is for one that hangs.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many leases there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _leases.Count;
            }
        }
    }

    /// <summary>Waits for all locks of a set.</summary>
    /// <param name="owner">Names the connection that asks.</param>
    /// <param name="ownerGone">Cancelled when that connection ends.</param>
    /// <returns>The lease's id, or DeadlineExceeded after <paramref name="waitLimit"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller waits no longer: nothing is held.</exception>
    public async Task<Outcome<ulong>> AcquireAsync(
        ScopeSet scopes,
        string holder,
        string reason,
        TimeSpan waitLimit,
        string owner,
        CancellationToken ownerGone,
        CancellationToken cancellationToken)
    {
        TimeSpan wait = waitLimit < TimeSpan.Zero ? TimeSpan.Zero : waitLimit > LongestWait ? LongestWait : waitLimit;
        ScopeTicket ticket = locks.Request(scopes, holder, reason);
        bool isLeased = false;
        try
        {
            await ticket.Granted.WaitAsync(wait, time, cancellationToken);
            ulong id = Add(ticket, owner, ownerGone);
            isLeased = true;
            return id;
        }
        catch (TimeoutException)
        {
            return new Fault(
                FaultKind.DeadlineExceeded,
                $"{holder} ({scopes}) did not get its locks within {waitLimit}: tasks that use these scopes run on, see who holds them");
        }
        finally
        {
            if (!isLeased)
            {
                ticket.Release();
            }
        }
    }

    /// <summary>Starts the lease's time anew.</summary>
    /// <returns>NotFound when it has ended or belongs to another connection.</returns>
    public Outcome<Unit> Renew(ulong id, string owner)
    {
        lock (_lock)
        {
            if (_leases.TryGetValue(id, out ScopeLease? lease) && lease.Owner == owner)
            {
                lease.Expiry?.Change(TimeToLive, Timeout.InfiniteTimeSpan);
                return Unit.Value;
            }
        }

        return NoLease(id);
    }

    /// <summary>Gives the locks back.</summary>
    /// <returns>NotFound when the lease has ended or belongs to another connection.</returns>
    public Outcome<Unit> Release(ulong id, string owner) => End(id, lease => lease.Owner == owner) is null ? NoLease(id) : Unit.Value;

    /// <summary>Ends every lease.</summary>
    public void Dispose()
    {
        ulong[] ids;
        lock (_lock)
        {
            ids = [.. _leases.Keys];
        }

        foreach (ulong id in ids)
        {
            End(id, _ => true);
        }
    }

    private ulong Add(ScopeTicket ticket, string owner, CancellationToken ownerGone)
    {
        ScopeLease lease;
        lock (_lock)
        {
            lease = new ScopeLease(++_lastId, ticket, owner);
            _leases.Add(lease.Id, lease);
            lease.Expiry = time.CreateTimer(_ => Expire(lease.Id), null, TimeToLive, Timeout.InfiniteTimeSpan);
        }

        // Runs at once, and ends the lease, when the connection has ended meanwhile.
        lease.OwnerGone = ownerGone.Register(() => Abandon(lease.Id));
        return lease.Id;
    }

    private void Expire(ulong id)
    {
        if (End(id, _ => true) is { } lease)
        {
            ExecLog.LeaseExpired(log, lease.Ticket.Holder, lease.Ticket.Reason, lease.Ticket.Scopes.ToString(), TimeToLive.TotalSeconds);
        }
    }

    private void Abandon(ulong id)
    {
        if (End(id, _ => true) is { } lease)
        {
            ExecLog.LeaseAbandoned(log, lease.Ticket.Holder, lease.Ticket.Reason, lease.Ticket.Scopes.ToString());
        }
    }

    private ScopeLease? End(ulong id, Predicate<ScopeLease> mayEnd)
    {
        ScopeLease? lease;
        lock (_lock)
        {
            if (!_leases.TryGetValue(id, out lease) || !mayEnd(lease))
            {
                return null;
            }

            _leases.Remove(id);
        }

        // Not Dispose: that would wait for Abandon, which may be what runs now.
        lease.OwnerGone.Unregister();
        lease.Expiry?.Dispose();
        lease.Ticket.Release();
        return lease;
    }

    private static Fault NoLease(ulong id) =>
        new(FaultKind.NotFound, $"there is no lease {id} of this connection: it has ended, so what it guarded is no longer held");
}
