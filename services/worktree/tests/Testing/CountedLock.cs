using PvExec.Kernel;
using PvExec.Worktrees.Adapters;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>A save lock that nobody else wants; counts, and can be made to wait.</summary>
internal sealed class CountedLock : ISaveLock, IAsyncDisposable
{
    public int Taken { get; private set; }

    public int Released { get; private set; }

    /// <summary>What a taker waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async ValueTask<Outcome<IAsyncDisposable>> AcquireAsync(string reason, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        Taken++;
        return Outcome(this);
        static Outcome<IAsyncDisposable> Outcome(IAsyncDisposable held) => new Holder<IAsyncDisposable>(held).Value;
    }

    public ValueTask DisposeAsync()
    {
        Released++;
        return ValueTask.CompletedTask;
    }

    private readonly record struct Holder<T>(T Held)
    {
        public Outcome<T> Value => Held;
    }
}
