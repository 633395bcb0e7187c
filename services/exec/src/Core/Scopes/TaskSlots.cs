namespace PvExec.Exec.Core.Scopes;

/// <summary>The queue of a task of which only so many runs may be at a time.</summary>
/// <remarks>
/// It is a place's turn when it is that of all older ones and these are fewer than the place's own limit. The limit
/// is read with each run, so an edit holds for those that come after it.
/// </remarks>
internal sealed class TaskSlots(LockKey key, LockPlaces places, LockSteps steps) : LockQueue(key, places, steps)
{
    private LockLine _line;
    private int _turns;

    public override bool IsEmpty => _line.First == LockPlaces.None;

    public override IEnumerable<LockPlace> Places
    {
        get
        {
            for (int place = _line.First; place != LockPlaces.None; place = All[place].Behind)
            {
                yield return All[place];
            }
        }
    }

    public override void Append(int place)
    {
        Steps.Count++;
        _line.Append(All, place);
        if (_line.FirstBlocked == place)
        {
            TryTurn();
        }
    }

    public override void Remove(int place, List<int> turns)
    {
        Steps.Count++;
        _turns -= All[place].HasTurn ? 1 : 0;
        _line.Remove(All, place);
        while (_line.FirstBlocked is var next and not LockPlaces.None && TryTurn())
        {
            turns.Add(next);
        }
    }

    /// <summary>It is no scope.</summary>
    public override IEnumerable<LockPlace> Naming(int atMost) => [];

    public override IEnumerable<LockPlace> Ahead(int place, int atMost) =>
        Places.TakeWhile(older => older.IsOlderThan(All[place])).Take(atMost);

    private bool TryTurn()
    {
        Steps.Count++;
        if (_turns >= All[_line.FirstBlocked].Ticket.Scopes.Limit!.Most)
        {
            return false;
        }

        _line.TakeTurn(All);
        _turns++;
        return true;
    }
}
