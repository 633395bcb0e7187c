namespace PvExec.Exec.Core.Output;

/// <summary>Wakes whoever waits for something to change. It costs nothing while nobody waits.</summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes with the next change. Ask for it, then look at what may have changed, then await it.</summary>
    public Task Next()
    {
        while (true)
        {
            if (Volatile.Read(ref _next) is { } waited)
            {
                return waited.Task;
            }

            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _next, next, null) is null)
            {
                return next.Task;
            }
        }
    }

    /// <summary>Call it once the change can be seen.</summary>
    public void Set() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
