namespace PvExec.Exec.Engine;

/// <summary>
/// Whatever decides (a request that is queued, a start, an end, a lease) does it inside this gate, so that all deciding
/// can be brought to an end at one moment: from then on a new instance of this service decides.
/// </summary>
public sealed class DecisionGate
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards the two fields below; a leaf.</summary>
    private readonly Lock _lock = new();

    private int _inside;
    private bool _isClosing;

    /// <returns>False when nothing may be decided here any more. Otherwise <see cref="Leave"/> must follow.</returns>
    public bool TryEnter()
    {
        lock (_lock)
        {
            _inside += _isClosing ? 0 : 1;
            return !_isClosing;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0 && _isClosing)
            {
                _closed.TrySetResult();
            }
        }
    }

    /// <summary>Lets nobody in any more. Completes when the last one has left.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosing = true;
            if (_inside == 0)
            {
                _closed.TrySetResult();
            }
        }

        return _closed.Task;
    }
}
