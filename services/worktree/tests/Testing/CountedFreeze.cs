using PvExec.Worktrees.Adapters;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>A freeze that counts, and says whether it holds.</summary>
internal sealed class CountedFreeze : ICaptureFreeze, IAsyncDisposable
{
    private int _count;
    private int _held;

    public int Count => Volatile.Read(ref _count);

    public bool IsHeld => Volatile.Read(ref _held) != 0;

    public ValueTask<IAsyncDisposable> FreezeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Exchange(ref _held, 1);
        return ValueTask.FromResult<IAsyncDisposable>(this);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _held, 0);
        return ValueTask.CompletedTask;
    }
}
