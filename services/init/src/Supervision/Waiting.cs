namespace PvExec.Init.Supervision;

/// <summary>Things in the order in which they came, in one piece of memory that is used again.</summary>
/// <param name="kept">The room of more than that many is given back once all are gone.</param>
internal sealed class Waiting<T>(int kept)
    where T : unmanaged
{
    private T[] _room = [];
    private int _start, _end;

    public int Count => _end - _start;

    /// <summary>Valid until the next change.</summary>
    public ReadOnlySpan<T> First(int count) => _room.AsSpan(_start, count);

    public void Add(ReadOnlySpan<T> things)
    {
        if (_room.Length - _end < things.Length)
        {
            T[] room = Count + things.Length <= _room.Length / 2 ? _room : new T[Math.Max(16, (Count + things.Length) * 2)];
            _room.AsSpan(_start, Count).CopyTo(room);
            (_room, _start, _end) = (room, 0, Count);
        }

        things.CopyTo(_room.AsSpan(_end));
        _end += things.Length;
    }

    public void RemoveFirst(int count)
    {
        _start += count;
        Settle();
    }

    public void RemoveLast(int count)
    {
        _end -= count;
        Settle();
    }

    private void Settle()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            _room = _room.Length > kept ? [] : _room;
        }
    }
}
