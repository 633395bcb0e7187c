namespace PvExec.Exec.Core.Scopes;

/// <summary>What one watcher has not been told yet. For one caller at a time.</summary>
public sealed class ScopeWatch : IDisposable
{
    /// <summary>When more scopes have changed than this, all that are in use are told again in place of them.</summary>
    internal const int MostUnread = 4_096;

    /// <summary>So many are looked up in a row.</summary>
    private const int InOneTurn = 64;

    private readonly ScopeWatches _watches;
    private readonly string? _scope;

    // Guarded by the lock of the watches: what is to be listed, and what has changed since it was told.
    private readonly Queue<string> _listing = [];
    private readonly Queue<string> _unread = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private bool _isBehind = true;

    internal ScopeWatch(ScopeWatches watches, string? scope) => (_watches, _scope) = (watches, scope);

    /// <summary>Completes when something has changed. Ask for it, then for <see cref="Next"/>, then await it.</summary>
    public Task Changed() => _watches.NextChange();

    /// <summary>What is to be told now; null when there is nothing.</summary>
    public ScopeNews? Next() => _watches.Next(this);

    public void Dispose() => _watches.Close(this);

    internal void Note(IReadOnlyList<LockQueue> changed, bool isIncomplete)
    {
        if (isIncomplete)
        {
            FallBehind();
        }

        for (int i = 0; i < changed.Count && !_isBehind; i++)
        {
            string scope = changed[i].Key.Name;
            if (Concerns(scope) && _known.Add(scope))
            {
                _unread.Enqueue(scope);
                if (_unread.Count > MostUnread)
                {
                    FallBehind();
                }
            }
        }
    }

    internal ScopeNews? Take(ScopeLocks locks)
    {
        bool begins = _isBehind && _listing.Count == 0;
        if (begins)
        {
            _isBehind = false;
            foreach (string scope in locks.InUse().Where(Concerns))
            {
                _listing.Enqueue(scope);
            }
        }

        if (begins || _listing.Count > 0)
        {
            string[] listed = Dequeue(_listing);
            return new ScopeNews(listed, begins, _listing.Count > 0);
        }

        string[] changed = Dequeue(_unread);
        _known.ExceptWith(changed);
        return changed.Length == 0 ? null : new ScopeNews(changed, false, false);
    }

    private static string[] Dequeue(Queue<string> names)
    {
        var taken = new string[Math.Min(names.Count, InOneTurn)];
        for (int i = 0; i < taken.Length; i++)
        {
            taken[i] = names.Dequeue();
        }

        return taken;
    }

    private void FallBehind()
    {
        _isBehind = true;
        _unread.Clear();
        _known.Clear();
    }

    private bool Concerns(string scope) =>
        _scope is null || scope == _scope || IsIn(scope, _scope) || IsIn(_scope, scope);

    private static bool IsIn(string scope, string holder) =>
        scope.Length > holder.Length && scope[holder.Length] == '/' && scope.StartsWith(holder, StringComparison.Ordinal);
}
