namespace PvExec.Exec.Core.Scopes;

/// <summary>Where tickets wait for each other. Every operation costs a fixed number of steps, and one for each turn that it gives.</summary>
internal abstract class LockQueue(LockKey key, LockPlaces places, LockSteps steps)
{
    public LockKey Key { get; } = key;

    protected LockPlaces All { get; } = places;

    protected LockSteps Steps { get; } = steps;

    public abstract bool IsEmpty { get; }

    /// <summary>How many tickets that name this very scope hold it. Guarded by the locks' own lock, as is the next.</summary>
    public int Holders { get; set; }

    public int Waiters { get; set; }

    /// <summary>The place of the ticket that is just being entered. Of <see cref="LockPlan"/>.</summary>
    public int Planned { get; set; }

    /// <summary>Up to which look at the changes it is known to have changed. Of <see cref="ScopeChanges"/>.</summary>
    public long ChangedIn { get; set; }

    /// <summary>Puts a place at the end; <see cref="LockPlace.HasTurn"/> says whether it is its turn at once.</summary>
    public abstract void Append(int place);

    /// <summary>Takes a place out and adds each place whose turn has come by it to <paramref name="turns"/>.</summary>
    public abstract void Remove(int place, List<int> turns);

    /// <summary>All places, in no order.</summary>
    public abstract IEnumerable<LockPlace> Places { get; }

    /// <summary>Places that name this very scope, in no order: the oldest <paramref name="atMost"/> of each line, some more of those whose turn it is.</summary>
    public abstract IEnumerable<LockPlace> Naming(int atMost);

    /// <summary>Those that keep a place from its turn; of a long line the oldest <paramref name="atMost"/>.</summary>
    public abstract IEnumerable<LockPlace> Ahead(int place, int atMost);
}
