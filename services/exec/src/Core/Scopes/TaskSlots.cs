namespace PvExec.Exec.Core.Scopes;

/// <summary>The queue of a task of which only so many runs may be at a time.</summary>
/// <remarks>
/// It is a place's turn when it is that of all older ones and these are fewer than the place's own limit. The limit
/// is read with each run, so an edit holds for those that come after it.
/// </remarks>
internal sealed class TaskSlots(LockKey key, LockSteps steps) : LockQueue(key, steps)
{
    private LockLine _line;
    private int _turns;

    public override bool IsEmpty => _line.First is null;

    public override IEnumerable<LockPlace> Places
    {
        get
        {
            for (LockPlace? place = _line.First; place is not null; place = place.Behind)
            {
                yield return place;
            }
        }
    }

    public override void Append(LockPlace place)
    {
        Steps.Count++;
        _line.Append(place);
        if (_line.FirstBlocked == place)
        {
            TryTurn();
        }
    }

    public override void Remove(LockPlace place, List<LockPlace> turns)
    {
        Steps.Count++;
        _turns -= place.HasTurn ? 1 : 0;
        _line.Remove(place);
        while (_line.FirstBlocked is { } next && TryTurn())
        {
            turns.Add(next);
        }
    }

    /// <summary>It is no scope.</summary>
    public override IEnumerable<LockPlace> Naming(int atMost) => [];

    public override IEnumerable<LockPlace> Ahead(LockPlace place, int atMost) =>
        Places.TakeWhile(older => older.IsOlderThan(place)).Take(atMost);

    private bool TryTurn()
    {
        Steps.Count++;
        if (_turns >= _line.FirstBlocked!.Ticket.Scopes.Limit!.Most)
        {
            return false;
        }

        _line.TakeTurn();
        _turns++;
        return true;
    }
}
