namespace PvExec.Exec.Core.Scopes;

/// <summary>Places in order of arrival: those whose turn it is, then the others.</summary>
internal struct LockLine
{
    public int First { get; private set; }

    /// <summary>The first whose turn it is not. It is not the turn of anyone behind it either.</summary>
    public int FirstBlocked { get; private set; }

    private int Last { get; set; }

    public void Append(LockPlaces places, int place)
    {
        places[place].Before = Last;
        if (Last == LockPlaces.None)
        {
            First = place;
        }
        else
        {
            places[Last].Behind = place;
        }

        Last = place;
        if (FirstBlocked == LockPlaces.None)
        {
            FirstBlocked = place;
        }
    }

    public void Remove(LockPlaces places, int place)
    {
        (int before, int behind) = (places[place].Before, places[place].Behind);
        if (FirstBlocked == place)
        {
            FirstBlocked = behind;
        }

        if (before == LockPlaces.None)
        {
            First = behind;
        }
        else
        {
            places[before].Behind = behind;
        }

        if (behind == LockPlaces.None)
        {
            Last = before;
        }
        else
        {
            places[behind].Before = before;
        }
    }

    /// <summary>It is the turn of <see cref="FirstBlocked"/>.</summary>
    public int TakeTurn(LockPlaces places)
    {
        int place = FirstBlocked;
        places[place].HasTurn = true;
        FirstBlocked = places[place].Behind;
        return place;
    }
}
