using PvExec.Worktrees.Saving;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class TreeLoopTests
{
    [Fact]
    public async Task A_loop_that_is_stopped_has_not_failed()
    {
        using var loop = new Waiting(CancellationToken.None);
        await loop.StartAsync(CancellationToken.None);
        await loop.Begun;

        await loop.StopAsync(CancellationToken.None);

        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_loop_that_gives_up_before_it_is_stopped_has_failed()
    {
        using var other = new CancellationTokenSource();
        using var loop = new Waiting(other.Token);
        await loop.StartAsync(CancellationToken.None);

        await other.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop.ExecuteTask!);
    }

    private sealed class Waiting(CancellationToken other) : TreeLoop
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        protected override async Task RunAsync(CancellationToken stoppingToken)
        {
            _begun.SetResult();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, other);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
        }
    }
}
