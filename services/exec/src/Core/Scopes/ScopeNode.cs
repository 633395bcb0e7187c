namespace PvExec.Exec.Core.Scopes;

/// <summary>The queue at one scope: of those that name it, and of those that name something below it.</summary>
/// <remarks>
/// One line for each mode. It is a place's turn when nobody older is in a line of a conflicting mode: when it is not
/// younger than the first of each of these. So within a line the turns come in order, and the first places of the
/// lines are all that has to be looked at.
/// </remarks>
internal sealed class ScopeNode(LockKey key, LockPlaces places, LockSteps steps) : LockQueue(key, places, steps)
{
    /// <summary>
    /// How many turns of a line are looked at for each that is wanted: those who wait for another scope stand between
    /// those who hold their locks.
    /// </summary>
    private const int TurnsForEach = 8;

    private static readonly LockMode[] s_naming = [LockMode.Read, LockMode.ReadIntentWrite, LockMode.Write];

    private LockLines _lines;

    public override bool IsEmpty
    {
        get
        {
            foreach (ref LockLine line in (Span<LockLine>)_lines)
            {
                Steps.Count++;
                if (line.First != LockPlaces.None)
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
                for (int place = _lines[mode].First; place != LockPlaces.None; place = All[place].Behind)
                {
                    yield return All[place];
                }
            }
        }
    }

    public override void Append(int place)
    {
        ref LockLine line = ref _lines[(int)All[place].Mode];
        Steps.Count++;
        line.Append(All, place);
        if (line.FirstBlocked == place && IsNotAfterConflicts(All[place]))
        {
            line.TakeTurn(All);
        }
    }

    public override void Remove(int place, List<int> turns)
    {
        _lines[(int)All[place].Mode].Remove(All, place);
        foreach (ref LockLine line in (Span<LockLine>)_lines)
        {
            Steps.Count++;
            while (line.FirstBlocked != LockPlaces.None && IsNotAfterConflicts(All[line.FirstBlocked]))
            {
                turns.Add(line.TakeTurn(All));
            }
        }
    }

    public override IEnumerable<LockPlace> Naming(int atMost)
    {
        // Who names a scope reads or writes all of it; in the lines of the intents is nobody who does.
        foreach (LockMode mode in s_naming)
        {
            int place = _lines[(int)mode].First;
            for (long i = 0; i < (long)atMost * TurnsForEach && place != LockPlaces.None && All[place].HasTurn; i++)
            {
                yield return All[place];
                place = All[place].Behind;
            }

            place = _lines[(int)mode].FirstBlocked;
            for (int i = 0; i < atMost && place != LockPlaces.None; i++)
            {
                yield return All[place];
                place = All[place].Behind;
            }
        }
    }

    public override IEnumerable<LockPlace> Ahead(int place, int atMost)
    {
        for (int mode = 0; mode < LockModes.Count; mode++)
        {
            if (LockModes.Conflict(All[place].Mode, (LockMode)mode))
            {
                int older = _lines[mode].First;
                for (int i = 0; i < atMost && older != LockPlaces.None && All[older].IsOlderThan(All[place]); i++)
                {
                    yield return All[older];
                    older = All[older].Behind;
                }
            }
        }
    }

    private bool IsNotAfterConflicts(in LockPlace place)
    {
        int conflicts = LockModes.ConflictsOf(place.Mode);
        for (int mode = 0; mode < LockModes.Count; mode++)
        {
            Steps.Count++;
            if ((conflicts >> mode & 1) != 0 && _lines[mode].First is var first and not LockPlaces.None && All[first].IsOlderThan(place))
            {
                return false;
            }
        }

        return true;
    }
}
