using PvExec.Kernel;

namespace PvExec.Exec.Core.Scopes;

/// <summary>Those who watch the scopes.</summary>
/// <remarks>
/// The locks only note which scopes have changed, once however many watch and however often it changes. Whoever of those who
/// watch looks first passes the names on to the others, which is done outside the locks' own lock. Each keeps names
/// only, and looks a scope up when it tells it: so a slow one tells the latest, and what waits for it is bounded by the
/// number of scopes, and by <see cref="ScopeWatch.MostUnread"/>.
/// </remarks>
public sealed class ScopeWatches(ScopeLocks locks)
{
    /// <summary>Guards the list and what each of it has not told yet. The locks' own lock is taken inside.</summary>
    private readonly Lock _lock = new();

    private readonly List<ScopeWatch> _watches = [];

    /// <summary>How many may watch at a time: each costs a step for every change.</summary>
    public int Most { get; init; } = 256;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _watches.Count;
            }
        }
    }

    /// <param name="scope">Only this one, those in it and those that hold it; null for all.</param>
    public Outcome<ScopeWatch> Open(ScopeName? scope)
    {
        lock (_lock)
        {
            if (_watches.Count >= Most)
            {
                return new Fault(FaultKind.ResourceExhausted, $"{Most} callers watch the scopes, the most there may be: end one of them first");
            }

            var watch = new ScopeWatch(this, scope?.Value);
            _watches.Add(watch);
            locks.SetWatches(_watches.Count);
            return watch;
        }
    }

    internal void Close(ScopeWatch watch)
    {
        lock (_lock)
        {
            _watches.Remove(watch);
            locks.SetWatches(_watches.Count);
        }
    }

    internal Task NextChange() => locks.NextChange();

    internal ScopeNews? Next(ScopeWatch watch)
    {
        lock (_lock)
        {
            (IReadOnlyList<LockQueue> changed, bool isIncomplete) = locks.TakeChanges();
            foreach (ScopeWatch each in _watches)
            {
                each.Note(changed, isIncomplete);
            }

            return watch.Take(locks);
        }
    }
}
