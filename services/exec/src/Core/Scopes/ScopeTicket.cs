using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// A request for locks, from its place in the queues to its release. It holds nothing until it holds everything; its
/// places in the queues are what keeps later requests behind it.
/// </summary>
public sealed class ScopeTicket
{
    private static readonly Task s_withdrawn = NewWithdrawn();

    private readonly ScopeLocks _locks;
    private readonly long _requested;
    private long _since;

    /// <summary>Made for the first that asks for it while the ticket waits: one that is granted at once needs none.</summary>
    private TaskCompletionSource? _granted;

    internal ScopeTicket(ScopeLocks locks, ScopeSet scopes, string holder, string reason, DateTimeOffset requested)
    {
        _locks = locks;
        Scopes = scopes;
        Holder = holder;
        Reason = reason;
        _requested = requested.UtcTicks;
    }

    public ScopeSet Scopes { get; }

    /// <summary>Who asks: a run's id, a service's name.</summary>
    public string Holder { get; }

    /// <summary>What for, in a few words.</summary>
    public string Reason { get; }

    public DateTimeOffset Requested => new(_requested, TimeSpan.Zero);

    /// <summary>Completes when all locks are held, perhaps before the request returns; cancelled when released while waiting.</summary>
    public Task Granted => _locks.GrantedOf(this);

    /// <summary>Whether all locks are held at this moment.</summary>
    public bool IsHeld => _locks.StateOf(this) == TicketState.Held;

    /// <summary>When the locks were granted, also at an earlier instance of the service. Meaningful once they are.</summary>
    public DateTimeOffset HeldSince => _locks.HeldSince(this);

    /// <summary>Its place among all tickets in order of arrival, from 1.</summary>
    public long Number { get; internal set; }

    /// <summary>Of its places, one in each queue that it stands in. Guarded by the locks' own lock, as is all below.</summary>
    internal int FirstPlace { get; set; }

    /// <summary>In how many queues someone older stands in its way.</summary>
    internal int Blocked { get; set; }

    internal TicketState State { get; set; }

    internal DateTimeOffset Since
    {
        get => new(_since, TimeSpan.Zero);
        set => _since = value.UtcTicks;
    }

    /// <summary>Whom it waits for, the oldest first: holders, and waiters ahead of it. Empty when it does not wait.</summary>
    /// <param name="atMost">How many to name; the cost is that many steps for each of its scopes.</param>
    public IReadOnlyList<ScopeBlocker> WaitsFor(int atMost) => _locks.WaitsFor(this, atMost);

    /// <summary>Gives the locks back, or leaves the queues. A second call does nothing.</summary>
    public void Release() => _locks.Release(this);

    /// <summary>Leaves the queues if it still waits.</summary>
    /// <returns>False when the locks are held, or were: they stay so until <see cref="Release"/>.</returns>
    public bool TryWithdraw() => _locks.TryWithdraw(this);

    /// <inheritdoc cref="Granted"/>
    internal Task GrantedNow() => State switch
    {
        TicketState.Held or TicketState.Released => Task.CompletedTask,
        TicketState.Withdrawn => s_withdrawn,
        _ => (_granted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task,
    };

    /// <summary>The state is to be set before.</summary>
    internal void CompleteGranted() => _granted?.SetResult();

    /// <inheritdoc cref="CompleteGranted"/>
    internal void CancelGranted() => _granted?.SetCanceled(CancellationToken.None);

    private static Task NewWithdrawn()
    {
        var withdrawn = new TaskCompletionSource();
        withdrawn.SetCanceled(CancellationToken.None);
        return withdrawn.Task;
    }
}
