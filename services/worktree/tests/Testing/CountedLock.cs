using PvExec.Kernel;
using PvExec.Worktrees.Adapters;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>A save lock that nobody else wants; counts, and can be made to wait or to be lost.</summary>
internal sealed class CountedLock : ISaveLock
{
    public int Taken { get; private set; }

    public int Released { get; private set; }

    /// <summary>How many times from now on it is lost before it is released.</summary>
    public int Lost { get; set; }

    /// <summary>Called when it is about to be released: the capture is over.</summary>
    public Action? OnRelease { get; set; }

    /// <summary>Completed once a taker waits.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a taker waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async ValueTask<Outcome<IHeldLock>> AcquireAsync(string reason, CancellationToken cancellationToken)
    {
        Asked.TrySetResult();
        await Gate.WaitAsync(cancellationToken);
        Taken++;
        return new Held(this);
    }

    private sealed class Held(CountedLock owner) : IHeldLock
    {
        private bool _released;

        public ValueTask<bool> ReleaseAsync()
        {
            _released = true;
            owner.OnRelease?.Invoke();
            owner.Released++;
            return ValueTask.FromResult(owner.Lost-- <= 0);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_released)
            {
                await ReleaseAsync();
            }
        }
    }
}
