namespace PvExec.Exec.Core.Scopes;

/// <summary>Which scopes have changed since somebody last looked. An addition is one step, and none when nobody watches.</summary>
/// <remarks>Guarded by the locks' own lock, but for <see cref="Next"/>.</remarks>
internal sealed class ScopeChanges
{
    /// <summary>What is kept until somebody looks; beyond it everything may have changed.</summary>
    private const int Most = 65_536;

    private readonly Output.ChangeSignal _signal = new();
    private List<LockQueue> _changed = [];
    private bool _isIncomplete;

    /// <summary>Looks so far, so that a queue that is known to have changed since the last one is not added again.</summary>
    private long _looks = 1;

    public int Watches { get; set; }

    /// <summary>Completes when something has changed. Ask for it, then look, then await it.</summary>
    public Task Next() => _signal.Next();

    public void Add(LockQueue queue)
    {
        if (Watches == 0 || queue.ChangedIn == _looks)
        {
            return;
        }

        if (_changed.Count == Most)
        {
            _isIncomplete = true;
            return;
        }

        queue.ChangedIn = _looks;
        _changed.Add(queue);
        if (_changed.Count == 1)
        {
            _signal.Set();
        }
    }

    /// <returns>Each queue once, empty ones too; incomplete when there were too many.</returns>
    public (IReadOnlyList<LockQueue> Changed, bool IsIncomplete) Take()
    {
        if (_changed.Count == 0)
        {
            return ([], false);
        }

        var taken = (_changed, _isIncomplete);
        (_changed, _isIncomplete) = ([], false);
        _looks++;
        return taken;
    }
}
