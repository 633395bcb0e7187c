namespace PvExec.Hosting.Server;

/// <summary>How many calls are being handled: some go on when their callers have left.</summary>
internal sealed class HandlerTally
{
    private readonly Lock _lock = new(); // guards both below; a leaf
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>Completes as soon as there is none.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
            {
                return _count == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    public void Enter()
    {
        lock (_lock)
        {
            _count++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _idle?.SetResult();
                _idle = null;
            }
        }
    }
}
