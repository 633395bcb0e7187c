using PvExec.Kernel;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Core.Snapshots;
using PvExec.Worktrees.Saving;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class SaveQueueTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly SaveResult Result = new(new SnapshotInfo(default, default, 1, 1), true, 1, TimeSpan.Zero);

    /// <summary>A save that waits before it begins and before it ends.</summary>
    private sealed class Step
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayBegin { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<bool> Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Outcome<SaveResult>> Ends { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly List<Step> _steps = [new(), new(), new()];
    private int _saves;

    private async Task<Outcome<SaveResult>> SaveAsync(Func<bool> begin, CancellationToken cancellationToken)
    {
        Step step = _steps[_saves++];
        step.Entered.SetResult();
        await step.MayBegin.Task.WaitAsync(cancellationToken);
        step.Began.SetResult(begin());
        return await step.Ends.Task.WaitAsync(cancellationToken);
    }

    [Fact]
    public async Task Callers_join_a_save_that_has_not_begun()
    {
        await using var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> first = queue.RequestAsync(CancellationToken.None);
        await _steps[0].Entered.Task.WaitAsync(Long);
        Task<Outcome<SaveResult>> second = queue.RequestAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();
        _steps[0].Ends.SetResult(Result);

        Assert.Same(Result, (await first.WaitAsync(Long)).Value);
        Assert.Same(Result, (await second.WaitAsync(Long)).Value);
        Assert.Equal(1, _saves);
    }

    [Fact]
    public async Task Callers_that_come_while_a_save_captures_share_the_next()
    {
        await using var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> first = queue.RequestAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();
        await _steps[0].Began.Task.WaitAsync(Long);
        Task<Outcome<SaveResult>>[] late = [.. Enumerable.Range(0, 20).Select(_ => queue.RequestAsync(CancellationToken.None))];
        _steps[0].Ends.SetResult(Result);
        await first.WaitAsync(Long);
        Assert.DoesNotContain(late, task => task.IsCompleted);
        _steps[1].MayBegin.SetResult();
        _steps[1].Ends.SetResult(Result with { Changed = false });

        foreach (Task<Outcome<SaveResult>> task in late)
        {
            Assert.False((await task.WaitAsync(Long)).Value.Changed);
        }

        Assert.Equal(2, _saves);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_end_the_save()
    {
        await using var queue = new SaveQueue(SaveAsync);
        using var giveUp = new CancellationTokenSource();
        Task<Outcome<SaveResult>> impatient = queue.RequestAsync(giveUp.Token);
        Task<Outcome<SaveResult>> patient = queue.RequestAsync(CancellationToken.None);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _steps[0].MayBegin.SetResult();
        _steps[0].Ends.SetResult(Result);

        Assert.Same(Result, (await patient.WaitAsync(Long)).Value);
    }

    [Fact]
    public async Task The_last_save_makes_the_one_that_waits_compare_everything()
    {
        await using var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> waiting = queue.RequestAsync(CancellationToken.None);
        await _steps[0].Entered.Task.WaitAsync(Long);
        Task<Outcome<SaveResult>> last = queue.RequestLastAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();

        Assert.True(await _steps[0].Began.Task.WaitAsync(Long));
        _steps[0].Ends.SetResult(Result);
        await Task.WhenAll(waiting, last).WaitAsync(Long);
        Assert.Equal(1, _saves);
    }

    [Fact]
    public async Task The_last_save_follows_one_that_has_begun_and_none_follows_it()
    {
        await using var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> running = queue.RequestAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();
        Assert.False(await _steps[0].Began.Task.WaitAsync(Long));
        Task<Outcome<SaveResult>> last = queue.RequestLastAsync(CancellationToken.None);
        _steps[0].Ends.SetResult(Result);
        await running.WaitAsync(Long);
        _steps[1].MayBegin.SetResult();
        Assert.True(await _steps[1].Began.Task.WaitAsync(Long));

        Outcome<SaveResult> late = await queue.RequestAsync(CancellationToken.None).WaitAsync(Long);
        _steps[1].Ends.SetResult(Result);

        Assert.Equal(FaultKind.Cancelled, late.Fault?.Kind);
        Assert.Same(Result, (await last.WaitAsync(Long)).Value);
        Assert.Equal(2, _saves);
    }

    [Fact]
    public async Task Leaving_ends_what_runs_and_what_waits()
    {
        var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> running = queue.RequestAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();
        await _steps[0].Began.Task.WaitAsync(Long);
        Task<Outcome<SaveResult>> waiting = queue.RequestAsync(CancellationToken.None);

        await queue.DisposeAsync().AsTask().WaitAsync(Long);

        Assert.Equal(FaultKind.Cancelled, (await running).Fault?.Kind);
        Assert.Equal(FaultKind.Cancelled, (await waiting).Fault?.Kind);
        Assert.False(queue.Saving);
    }

    [Fact]
    public async Task A_bug_in_one_save_reaches_its_callers_and_not_the_next()
    {
        await using var queue = new SaveQueue(SaveAsync);
        Task<Outcome<SaveResult>> broken = queue.RequestAsync(CancellationToken.None);
        _steps[0].MayBegin.SetResult();
        _steps[0].Ends.SetException(new InvalidOperationException("bug"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken.WaitAsync(Long));

        Task<Outcome<SaveResult>> next = queue.RequestAsync(CancellationToken.None);
        _steps[1].MayBegin.SetResult();
        _steps[1].Ends.SetResult(Result);
        Assert.Same(Result, (await next.WaitAsync(Long)).Value);
    }
}
