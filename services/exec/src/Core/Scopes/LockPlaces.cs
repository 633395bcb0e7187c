namespace PvExec.Exec.Core.Scopes;

/// <summary>
/// The places of all tickets, by number. They are in arrays that stay where they are, are used again, and are linked by numbers: with a hundred thousand
/// tickets that wait, places that are objects would be most of what the collector has to follow and to copy.
/// </summary>
internal sealed class LockPlaces
{
    /// <summary>The number of no place.</summary>
    public const int None = 0;

    /// <summary>512 are in one array, which is 16 KiB and so not for the heap of large objects.</summary>
    private const int Bits = 9;

    private const int ArrayLength = 1 << Bits;

    private LockPlace[][] _arrays = [new LockPlace[ArrayLength]];
    private int _free = None;
    private int _last = None;
    private int _taken;

    /// <summary>For how many there is memory.</summary>
    public int Capacity => _arrays.Length * ArrayLength;

    public ref LockPlace this[int place] => ref _arrays[place >> Bits][place & (ArrayLength - 1)];

    /// <summary>A place in no line, and the last of its ticket's.</summary>
    public int Take(ScopeTicket ticket, LockQueue queue, LockMode mode)
    {
        int number = _free;
        if (number != None)
        {
            _free = this[number].Next;
        }
        else
        {
            number = ++_last;
            if (number >> Bits == _arrays.Length)
            {
                _arrays = [.. _arrays, new LockPlace[ArrayLength]];
            }
        }

        ref LockPlace place = ref this[number];
        place.Ticket = ticket;
        place.Queue = queue;
        place.Mode = mode;
        place.Next = None;
        _taken++;
        return number;
    }

    /// <summary>Gives one back, which is in no line any more. After the last one only one array is kept.</summary>
    public void Return(int number)
    {
        ref LockPlace place = ref this[number];
        place.Ticket = null!;
        place.Queue = null!;
        place.Before = None;
        place.Behind = None;
        place.HasTurn = false;
        place.Next = _free;
        _free = number;
        if (--_taken == 0)
        {
            _free = None;
            _last = None;
            if (_arrays.Length > 1)
            {
                _arrays = [_arrays[0]];
            }
        }
    }
}
