namespace PvExec.Exec.Core.Scopes;

/// <summary>Where tickets wait for each other. Every operation costs a fixed number of steps, and one for each turn that it gives.</summary>
internal abstract class LockQueue(LockKey key)
{
    public LockKey Key { get; } = key;

    public abstract bool IsEmpty { get; }

    /// <summary>Puts a place at the end; <see cref="LockPlace.HasTurn"/> says whether it is its turn at once.</summary>
    public abstract void Append(LockPlace place);

    /// <summary>Takes a place out and adds each place whose turn has come by it to <paramref name="turns"/>.</summary>
    public abstract void Remove(LockPlace place, List<LockPlace> turns);

    /// <summary>All places, in no order.</summary>
    public abstract IEnumerable<LockPlace> Places { get; }

    /// <summary>Those that keep a place from its turn; of a long line the oldest <paramref name="atMost"/>.</summary>
    public abstract IEnumerable<LockPlace> Ahead(LockPlace place, int atMost);
}
