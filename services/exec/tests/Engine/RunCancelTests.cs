using System.Threading.Channels;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunCancelTests : IDisposable
{
    private static readonly Fault s_why = new(FaultKind.Cancelled, "test");
    private static readonly Task s_never = new TaskCompletionSource().Task;

    private readonly EngineFixture _fixture = new();
    private readonly Channel<(Child Child, int Signal)> _signals = Channel.CreateUnbounded<(Child, int)>();

    public RunCancelTests()
    {
        _fixture.Init.OnSignal = (child, signal) => _signals.Writer.TryWrite((child, signal));
        TaskFiles.Write(_fixture.Root, "quick/run", "true");
        TaskFiles.Write(_fixture.Root, "quick/timeout-kill", "0.001", executable: false);
        TaskFiles.Write(_fixture.Root, "patient/run", "true");
        TaskFiles.Write(_fixture.Root, "patient/timeout-kill", "3600", executable: false);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_that_is_cancelled_is_killed_when_the_time_of_its_task_is_over()
    {
        Run run = _fixture.Submit("quick");
        FakeProcess process = await _fixture.StartedAsync();

        Task<bool> cancelled = _fixture.Engine.CancelAsync(run, s_why, s_never);
        Assert.Equal((process.Child, 15), await SignalAsync());
        Assert.Equal((process.Child, 9), await SignalAsync());
        process.Dispose();
        process.Child.SetExited(FakeInit.Killed(9));

        Assert.True(await cancelled.WaitAsync(EngineFixture.Patience));
        Assert.Equal(9, (await EngineFixture.ResultOf(run)).Value.Status.Signal);
        Assert.All(_fixture.Init.Signals, sent => Assert.Equal(SignalScope.Tree, sent.Scope));
    }

    [Fact]
    public async Task Whoever_does_not_wait_for_the_end_is_answered_before_it_and_when_whoever_comes_next_knows_that_it_is_to_end()
    {
        Run run = _fixture.Submit("patient");
        FakeProcess process = await _fixture.StartedAsync();

        Assert.True(await _fixture.Engine.CancelAsync(run, s_why, s_never, atOnce: true).WaitAsync(EngineFixture.Patience));
        Assert.False(run.Completion.IsCompleted);
        using (StreamFile kept = StreamFile.Open(Descriptor.Duplicate(process.Spec.Kept.Single(one => one.Name == RunFiles.ErrorStore).Handle)))
        {
            Assert.True(kept.IsEnding);
        }

        Assert.Equal((process.Child, 15), await SignalAsync());
        process.Exit(3);
        Assert.True((await EngineFixture.ResultOf(run)).Succeeded(out _));
    }

    [Fact]
    public async Task A_run_that_ends_at_TERM_is_not_killed()
    {
        Run run = _fixture.Submit("patient");
        FakeProcess process = await _fixture.StartedAsync();

        Task<bool> cancelled = _fixture.Engine.CancelAsync(run, s_why, s_never);
        Task<bool> again = _fixture.Engine.CancelAsync(run, s_why, s_never);
        Assert.Equal(15, (await SignalAsync()).Signal);
        process.Exit(3);

        Assert.True(await cancelled.WaitAsync(EngineFixture.Patience));
        Assert.True(await again.WaitAsync(EngineFixture.Patience));
        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal((3, false), (result.Status.Code, result.TimedOut));
        Assert.Equal(0, _signals.Reader.Count);
    }

    [Fact]
    public async Task Descendants_that_outlive_a_run_that_was_cancelled_are_killed_too()
    {
        Run run = _fixture.Submit("quick");
        FakeProcess process = await _fixture.StartedAsync();
        bool isKilled = false;
        _fixture.Init.HasDescendants = _ => !isKilled;
        _fixture.Init.OnSignal += (child, signal) =>
        {
            isKilled = signal == 9;
            if (signal == 15)
            {
                process.Exit();
            }
        };

        await _fixture.Engine.CancelAsync(run, s_why, s_never).WaitAsync(EngineFixture.Patience);
        Assert.Equal((process.Child, 15), await SignalAsync());
        Assert.Equal((process.Child, 9), await SignalAsync());
        Assert.True(run.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_holds_its_locks_until_its_descendants_are_gone()
    {
        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        fixture.Init.Started = clock.GetUtcNow();
        Run run = fixture.Submit("writes");
        FakeProcess process = await fixture.StartedAsync();
        Run next = fixture.Submit("writes");
        var killed = new TaskCompletionSource();
        fixture.Init.HasDescendants = _ => !killed.Task.IsCompleted;
        fixture.Init.OnSignal = (_, signal) =>
        {
            if (signal == 15)
            {
                process.Exit(keepFiles: true);
            }
            else
            {
                killed.SetResult();
            }
        };

        Task<bool> cancelled = fixture.Engine.CancelAsync(run, s_why, s_never);
        await AdvanceAsync(clock, killed.Task, () => Assert.Equal((false, RunState.Waiting), (run.Completion.IsCompleted, next.State)));
        process.Dispose();
        Task<FakeProcess> started = fixture.StartedAsync();
        await AdvanceAsync(clock, started, () => { });
        Assert.Equal([15, 9], fixture.Init.Signals.Select(sent => sent.Signal));
        Assert.True(await cancelled.WaitAsync(EngineFixture.Patience));
        (await started).Exit();
        Assert.True((await EngineFixture.ResultOf(next)).Value.Status.Succeeded);
    }

    [Fact]
    public async Task Where_pv_init_cannot_say_who_is_left_the_descendants_are_killed_once_when_their_time_is_over()
    {
        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        fixture.Init.Started = clock.GetUtcNow();
        fixture.Init.LookFault = new Fault(FaultKind.InvalidArgument, "0 is no signal");
        TaskFiles.Write(fixture.Root, "slow/run", "true");
        TaskFiles.Write(fixture.Root, "slow/timeout-kill", "3", executable: false);
        Run run = fixture.Submit("slow");
        FakeProcess process = await fixture.StartedAsync();
        DateTimeOffset asked = clock.GetUtcNow();
        TimeSpan killed = default;
        fixture.Init.OnSignal = (_, signal) =>
        {
            killed = clock.GetUtcNow() - asked;
            if (signal == 15)
            {
                process.Exit();
            }
        };

        Task<bool> cancelled = fixture.Engine.CancelAsync(run, s_why, s_never);
        long began = TimeProvider.System.GetTimestamp();
        await AdvanceAsync(clock, run.Completion, () => Assert.True(TimeProvider.System.GetElapsedTime(began) < EngineFixture.Patience));

        Assert.True(await cancelled.WaitAsync(EngineFixture.Patience));
        Assert.Equal([15, 9], fixture.Init.Signals.Select(sent => sent.Signal));
        Assert.True(killed >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Nothing_is_killed_after_a_run_that_ended_by_itself()
    {
        _fixture.Submit("quick");
        (await _fixture.StartedAsync()).Exit();
        await _fixture.IdleAsync();
        Assert.Equal(0, _signals.Reader.Count);
    }

    /// <summary>Lets time pass, step by step, until something has come of it.</summary>
    private static async Task AdvanceAsync(ManualClock clock, Task until, Action before)
    {
        while (!until.IsCompleted)
        {
            Task next = clock.NextTimer;
            await Task.WhenAny(until, clock.Timers > 0 ? Task.CompletedTask : next).WaitAsync(EngineFixture.Patience);
            if (!until.IsCompleted)
            {
                before();
                clock.Advance(TimeSpan.FromMilliseconds(20));
                await Task.Yield();
            }
        }
    }

    private async Task<(Child Child, int Signal)> SignalAsync() => await _signals.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience);
}
