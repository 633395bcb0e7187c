using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Leases;

/// <summary>
/// Locks for other services. They queue with the tasks, and end by release, with the holder's connection, or when the
/// holder did not renew in time. Whoever knows a lease's id is its holder: the id cannot be guessed, and a holder comes
/// back with it on another connection after a restart of this service.
/// </summary>
public sealed partial class ScopeLeases(LockOrder locks, DecisionGate gate, TimeProvider time, IExecObserver observer, ILogger<ScopeLeases> log) : IDisposable
{
    /// <summary>Guards the three collections below and each lease's owner. The locks' own lock is never taken under it.</summary>
    private readonly Lock _lock = new();

    // A timer takes no more than 2^32 - 2 ms.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(49);

    private readonly Dictionary<ulong, ScopeLease> _leases = [];
    private readonly List<LeaseRequest> _asking = [];
    private readonly List<LeaseRequest> _claimed = [];

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
    /// <param name="timeLeft">How long the caller waits; null for as long as it takes.</param>
    /// <param name="owner">Names the connection that asks.</param>
    /// <param name="ownerGone">Cancelled when that connection ends.</param>
    /// <returns>The lease's id, or DeadlineExceeded after <paramref name="waitLimit"/> or <paramref name="timeLeft"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller waits no longer: nothing is held.</exception>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked; there the place in the queues is kept.</exception>
    public async Task<Outcome<ulong>> AcquireAsync(
        ScopeSet scopes,
        string holder,
        string reason,
        TimeSpan waitLimit,
        TimeSpan? timeLeft,
        string owner,
        CancellationToken ownerGone,
        CancellationToken cancellationToken)
    {
        TimeSpan wait = waitLimit < TimeSpan.Zero ? TimeSpan.Zero : waitLimit > LongestWait ? LongestWait : waitLimit;
        long asked = time.GetTimestamp(); // a clock that is set meanwhile makes no call late
        if (timeLeft <= TimeSpan.Zero)
        {
            return TooLate(scopes, holder);
        }

        LeaseRequest request = Decide(() => Ask(scopes, holder, reason));
        bool isLeased = false;
        try
        {
            await request.Ticket.Granted.WaitAsync(wait, time, cancellationToken);

            // The grant may have come just before the end of the wait was seen: nobody takes the lease then.
            cancellationToken.ThrowIfCancellationRequested();
            if (timeLeft <= time.GetElapsedTime(asked))
            {
                return TooLate(scopes, holder);
            }

            ulong id = Decide(() => Add(request, owner, ownerGone));
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
                TryDecide(() => Drop(request));
            }
        }
    }

    /// <summary>Starts the lease's time anew, and binds it to the connection that asks.</summary>
    /// <param name="owner">Names that connection.</param>
    /// <param name="ownerGone">Cancelled when it ends.</param>
    /// <returns>NotFound when it has ended.</returns>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<Unit> Renew(ulong id, string owner, CancellationToken ownerGone) => Decide<Outcome<Unit>>(() =>
    {
        ScopeLease? lease;
        bool isNewOwner;
        lock (_lock)
        {
            if (!_leases.TryGetValue(id, out lease))
            {
                return NoLease(id);
            }

            isNewOwner = lease.Owner != owner;
            lease.Owner = owner;
            lease.Expiry?.Change(TimeToLive, Timeout.InfiniteTimeSpan);
        }

        if (isNewOwner)
        {
            lease.OwnerGone.Unregister();
            Bind(lease, owner, ownerGone);
        }

        return Unit.Value;
    });

    /// <summary>Gives the locks back.</summary>
    /// <returns>NotFound when the lease has ended.</returns>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<Unit> Release(ulong id) => Decide<Outcome<Unit>>(() => End(id, _ => true) is null ? NoLease(id) : Unit.Value);

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

    private LeaseRequest Ask(ScopeSet scopes, string holder, string reason)
    {
        lock (_lock)
        {
            LeaseRequest? claimed = _claimed.Find(one => one.IsOf(scopes, holder, reason));
            if (claimed is not null)
            {
                claimed.Expiry?.Dispose();
                _claimed.Remove(claimed);
                _asking.Add(claimed);
                return claimed;
            }
        }

        (ScopeTicket ticket, long order) = locks.Request(scopes, holder, reason);
        var request = new LeaseRequest(ticket, order);
        lock (_lock)
        {
            _asking.Add(request);
        }

        return request;
    }

    private void Drop(LeaseRequest request)
    {
        lock (_lock)
        {
            _asking.Remove(request);
        }

        request.Ticket.Release();
    }

    private ulong Add(LeaseRequest request, string owner, CancellationToken ownerGone)
    {
        // Its time may be over at once.
        observer.Held(request.Ticket);
        ScopeLease lease;
        lock (_lock)
        {
            _asking.Remove(request);
            ulong id;
            do
            {
                id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            }
            while (_leases.ContainsKey(id));

            lease = Start(id, request.Ticket, owner);
        }

        Bind(lease, owner, ownerGone);
        return lease.Id;
    }

    /// <summary>Under the lock.</summary>
    private ScopeLease Start(ulong id, ScopeTicket ticket, string owner)
    {
        var lease = new ScopeLease(id, ticket, owner);
        _leases.Add(id, lease);
        lease.Expiry = time.CreateTimer(_ => TryDecide(() => Expire(id)), null, TimeToLive, Timeout.InfiniteTimeSpan);
        return lease;
    }

    /// <summary>The lease ends with the connection; at once when that has ended meanwhile.</summary>
    private void Bind(ScopeLease lease, string owner, CancellationToken ownerGone) =>
        lease.OwnerGone = ownerGone.Register(() => TryDecide(() => Abandon(lease.Id, owner)));

    private void Expire(ulong id)
    {
        if (End(id, _ => true) is { } lease)
        {
            ExecLog.LeaseExpired(log, lease.Ticket.Holder, lease.Ticket.Reason, lease.Ticket.Scopes.ToString(), TimeToLive.TotalSeconds);
        }
    }

    private void Abandon(ulong id, string owner)
    {
        if (End(id, lease => lease.Owner == owner) is { } lease)
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
        observer.Freed(lease.Ticket);
        lease.Ticket.Release();
        return lease;
    }

    private static Fault TooLate(ScopeSet scopes, string holder) =>
        new(FaultKind.DeadlineExceeded, $"the call's deadline passed before {holder} ({scopes}) had its locks: nothing is held");

    private static Fault NoLease(ulong id) =>
        new(FaultKind.NotFound, $"there is no lease {id}: it has ended, so what it guarded is no longer held");
}
