namespace PvExec.Http2.Loop;

/// <summary>Something that is to be done at a time.</summary>
internal sealed class Due(Action action)
{
    private Action? _action = action;

    public bool IsCancelled => _action is null;

    /// <summary>Nobody is woken for it, and what it refers to is let go.</summary>
    public void Cancel() => _action = null;

    public void Run()
    {
        Action? action = _action;
        _action = null;
        action?.Invoke();
    }
}
