namespace PvExec.Front.Tests.Rig;

/// <summary>What a test waits for in a backend.</summary>
internal sealed class BackendEvents
{
    private readonly SemaphoreSlim _endless = new(0);
    private long _flooded;

    /// <summary>How many bytes of floods were taken.</summary>
    public long Flooded => Volatile.Read(ref _flooded);

    public TaskCompletionSource CallStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource CallCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when so many endless calls have come.</summary>
    public async Task CallsReachAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await _endless.WaitAsync(TimeSpan.FromSeconds(30)), $"only {i} calls have come");
        }
    }

    public void AddEndless() => _endless.Release();

    public void AddFlooded(int count) => Interlocked.Add(ref _flooded, count);
}
