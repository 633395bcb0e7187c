namespace PvExec.Processes.Engine;

/// <summary>
/// The right to decide, which one instance of the service has at a time. Whatever changes something outside (a spawn, a
/// signal, an acknowledgement, a record, an open port) is a step under it, and a step under way is finished before the
/// right goes to the next instance. Whoever waits between two steps is woken then, and goes no further. Thread-safe.
/// </summary>
internal sealed class Mandate : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new(); // guards _steps and _isOver; a leaf
    private int _steps;
    private bool _isOver;

    public Mandate() => Over = _over.Token;

    /// <summary>Cancelled when it is over: for waiting between steps.</summary>
    public CancellationToken Over { get; }

    public bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _isOver;
            }
        }
    }

    /// <summary>Begins a step, which lasts until the result is disposed.</summary>
    /// <exception cref="OperationCanceledException">The mandate is over.</exception>
    public Step Enter()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                throw new OperationCanceledException(Over);
            }

            _steps++;
            return new Step(this);
        }
    }

    /// <summary>Ends it. Completes when no step is under way.</summary>
    public async Task EndAsync()
    {
        lock (_lock)
        {
            _isOver = true;
            if (_steps == 0)
            {
                _idle.TrySetResult();
            }
        }

        await _over.CancelAsync();
        await _idle.Task;
    }

    public void Dispose() => _over.Dispose();

    private void Leave()
    {
        lock (_lock)
        {
            if (--_steps == 0 && _isOver)
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>A step under way.</summary>
    internal readonly struct Step(Mandate mandate) : IDisposable
    {
        public void Dispose() => mandate.Leave();
    }
}
