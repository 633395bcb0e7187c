namespace PvExec.Exec.Core.Scopes;

/// <summary>Places in order of arrival: those whose turn it is, then the others.</summary>
internal struct LockLine
{
    public LockPlace? First { get; private set; }

    /// <summary>The first whose turn it is not. It is not the turn of anyone behind it either.</summary>
    public LockPlace? FirstBlocked { get; private set; }

    private LockPlace? Last { get; set; }

    public void Append(LockPlace place)
    {
        place.Before = Last;
        if (Last is null)
        {
            First = place;
        }
        else
        {
            Last.Behind = place;
        }

        Last = place;
        FirstBlocked ??= place;
    }

    public void Remove(LockPlace place)
    {
        if (FirstBlocked == place)
        {
            FirstBlocked = place.Behind;
        }

        if (place.Before is null)
        {
            First = place.Behind;
        }
        else
        {
            place.Before.Behind = place.Behind;
        }

        if (place.Behind is null)
        {
            Last = place.Before;
        }
        else
        {
            place.Behind.Before = place.Before;
        }

        // One that has left and is old would otherwise keep all that left after it from the collector, until that looks at the old ones too.
        (place.Before, place.Behind) = (null, null);
    }

    /// <summary>It is the turn of <see cref="FirstBlocked"/>.</summary>
    public LockPlace TakeTurn()
    {
        LockPlace place = FirstBlocked!;
        place.HasTurn = true;
        FirstBlocked = place.Behind;
        return place;
    }
}
