namespace PvExec.Front.Proxy;

/// <summary>Every call there is, and objects for more.</summary>
internal sealed class CallTable
{
    /// <summary>Objects beyond that are left to the collector.</summary>
    private const int MostSpare = 256;

    private readonly List<Call?> _calls = [];
    private readonly Stack<Call> _spare = new();
    private readonly Stack<int> _free = new();

    /// <summary>How many are under way.</summary>
    public int Count { get; private set; }

    public Call Begin()
    {
        Count++;
        if (!_spare.TryPop(out Call? call))
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _calls.Count;
                _calls.Add(null);
            }

            call = new Call(slot);
            _calls[slot] = call;
        }

        return call;
    }

    /// <param name="slot">As a session knows it.</param>
    public Call? Find(nint slot) => slot > 0 && slot <= _calls.Count ? _calls[(int)slot - 1] : null;

    public void End(Call call)
    {
        Count--;
        call.Clear();
        if (_spare.Count < MostSpare)
        {
            _spare.Push(call);
            return;
        }

        _calls[(int)call.Slot - 1] = null;
        _free.Push((int)call.Slot - 1);
    }
}
