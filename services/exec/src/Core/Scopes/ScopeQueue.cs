namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// The tickets of one scope in order of arrival: those whose turn it is, then those that wait. It is the turn of the
/// first, and of readers with only readers before them.
/// </summary>
internal sealed class ScopeQueue(string scope)
{
    private ScopePlace? _first;
    private ScopePlace? _last;

    /// <summary>The first whose turn it is not. Nobody behind it has a turn either.</summary>
    private ScopePlace? _firstBlocked;

    public string Scope { get; } = scope;

    public bool IsEmpty => _first is null;

    /// <summary>In order of arrival.</summary>
    public IEnumerable<ScopePlace> Places
    {
        get
        {
            for (ScopePlace? place = _first; place is not null; place = place.Behind)
            {
                yield return place;
            }
        }
    }

    /// <returns>Whether it is the place's turn at once.</returns>
    public bool Append(ScopePlace place)
    {
        place.Before = _last;
        if (_last is null)
        {
            _first = place;
        }
        else
        {
            _last.Behind = place;
        }

        _last = place;
        if (_firstBlocked is null && !MayFollow(place))
        {
            _firstBlocked = place;
        }

        return _firstBlocked is null;
    }

    /// <summary>Takes a place out and adds each place whose turn has come by it to <paramref name="turns"/>.</summary>
    public void Remove(ScopePlace place, List<ScopePlace> turns)
    {
        if (_firstBlocked == place)
        {
            _firstBlocked = place.Behind;
        }

        if (place.Before is null)
        {
            _first = place.Behind;
        }
        else
        {
            place.Before.Behind = place.Behind;
        }

        if (place.Behind is null)
        {
            _last = place.Before;
        }
        else
        {
            place.Behind.Before = place.Before;
        }

        while (_firstBlocked is not null && MayFollow(_firstBlocked))
        {
            turns.Add(_firstBlocked);
            _firstBlocked = _firstBlocked.Behind;
        }
    }

    /// <summary>Whether it is the turn of a place when it is the turn of all before it. These are one writer, or readers only.</summary>
    private bool MayFollow(ScopePlace place) =>
        place == _first || (place.Access == ScopeAccess.Read && _first!.Access == ScopeAccess.Read);
}
