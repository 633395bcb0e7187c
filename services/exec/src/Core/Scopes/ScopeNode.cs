namespace PvExec.Exec.Core.Scopes;

/// <summary>The queue at one scope: of those that name it, and of those that name something below it.</summary>
/// <remarks>
/// One line for each mode. It is a place's turn when nobody older is in a line of a conflicting mode: when it is not
/// younger than the first of each of these. So within a line the turns come in order, and the first places of the
/// lines are all that has to be looked at.
/// </remarks>
internal sealed class ScopeNode(LockKey key, LockSteps steps) : LockQueue(key, steps)
{
    /// <summary>
    /// How many turns of a line are looked at for each that is wanted: those who wait for another scope stand between
    /// those who hold their locks.
    /// </summary>
    private const int TurnsForEach = 8;

    private static readonly LockMode[] s_naming = [LockMode.Read, LockMode.ReadIntentWrite, LockMode.Write];

    private readonly LockLine[] _lines = new LockLine[LockModes.Count];

    public override bool IsEmpty
    {
        get
        {
            foreach (ref LockLine line in _lines.AsSpan())
            {
                Steps.Count++;
                if (line.First is not null)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public override IEnumerable<LockPlace> Places
    {
        get
        {
            for (int mode = 0; mode < LockModes.Count; mode++)
            {
                for (LockPlace? place = _lines[mode].First; place is not null; place = place.Behind)
                {
                    yield return place;
                }
            }
        }
    }

    public override void Append(LockPlace place)
    {
        ref LockLine line = ref _lines[(int)place.Mode];
        Steps.Count++;
        line.Append(place);
        if (line.FirstBlocked == place && IsNotAfterConflicts(place))
        {
            line.TakeTurn();
        }
    }

    public override void Remove(LockPlace place, List<LockPlace> turns)
    {
        _lines[(int)place.Mode].Remove(place);
        foreach (ref LockLine line in _lines.AsSpan())
        {
            Steps.Count++;
            while (line.FirstBlocked is { } next && IsNotAfterConflicts(next))
            {
                turns.Add(line.TakeTurn());
            }
        }
    }

    public override IEnumerable<LockPlace> Naming(int atMost)
    {
        // Who names a scope reads or writes all of it; in the lines of the intents is nobody who does.
        foreach (LockMode mode in s_naming)
        {
            LockPlace? place = _lines[(int)mode].First;
            for (long i = 0; i < (long)atMost * TurnsForEach && place?.HasTurn == true; i++)
            {
                yield return place;
                place = place.Behind;
            }

            place = _lines[(int)mode].FirstBlocked;
            for (int i = 0; i < atMost && place is not null; i++)
            {
                yield return place;
                place = place.Behind;
            }
        }
    }

    public override IEnumerable<LockPlace> Ahead(LockPlace place, int atMost)
    {
        for (int mode = 0; mode < LockModes.Count; mode++)
        {
            if (LockModes.Conflict(place.Mode, (LockMode)mode))
            {
                LockPlace? older = _lines[mode].First;
                for (int i = 0; i < atMost && older?.IsOlderThan(place) == true; i++)
                {
                    yield return older;
                    older = older.Behind;
                }
            }
        }
    }

    private bool IsNotAfterConflicts(LockPlace place)
    {
        int conflicts = LockModes.ConflictsOf(place.Mode);
        for (int mode = 0; mode < LockModes.Count; mode++)
        {
            Steps.Count++;
            if ((conflicts >> mode & 1) != 0 && _lines[mode].First?.IsOlderThan(place) == true)
            {
                return false;
            }
        }

        return true;
    }
}
