namespace PvExec.Processes.Freezing;

/// <summary>Starts of processes on one side, freezes on the other: a start waits for the thaw, and a freeze for the starts under way, so that it holds who was started. Thread-safe.</summary>
internal sealed class StartHold
{
    /// <summary>Guards the fields below. A leaf.</summary>
    private readonly Lock _lock = new();
    private TaskCompletionSource _free = Completed();
    private TaskCompletionSource _idle = Completed();
    private int _holds;
    private int _starts;

    /// <summary>Completes when nothing holds starts up.</summary>
    public Task Free
    {
        get
        {
            lock (_lock)
            {
                return _free.Task;
            }
        }
    }

    /// <summary>Begins a start, when nothing holds it up.</summary>
    /// <returns>What is disposed of when it is done.</returns>
    public async Task<IDisposable> EnterAsync()
    {
        while (true)
        {
            Task free;
            lock (_lock)
            {
                if (_holds == 0)
                {
                    _idle = _starts++ == 0 ? Pending() : _idle;
                    return new Start(this);
                }

                free = _free.Task;
            }

            await free;
        }
    }

    /// <summary>Holds starts up until <see cref="Release"/> was called as often.</summary>
    /// <returns>Completes when those under way are done.</returns>
    public Task Hold()
    {
        lock (_lock)
        {
            _free = _holds++ == 0 ? Pending() : _free;
            return _idle.Task;
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            if (--_holds == 0)
            {
                _free.SetResult();
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_starts == 0)
            {
                _idle.SetResult();
            }
        }
    }

    private static TaskCompletionSource Pending() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Completed()
    {
        TaskCompletionSource completed = Pending();
        completed.SetResult();
        return completed;
    }

    private sealed class Start(StartHold hold) : IDisposable
    {
        public void Dispose() => hold.Leave();
    }
}
