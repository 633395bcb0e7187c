using System.Threading.Channels;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>The processes of these tests have been running since 1970, so that any timeout has passed.</summary>
public sealed class RunTimeoutTests : IDisposable
{
    private readonly EngineFixture _fixture = new();
    private readonly Channel<int> _signals = Channel.CreateUnbounded<int>();

    public RunTimeoutTests()
    {
        _fixture.Init.OnSignal = (_, signal) => _signals.Writer.TryWrite(signal);
        TaskFiles.Write(_fixture.Root, "limited/run", "true");
        TaskFiles.Write(_fixture.Root, "limited/timeout", "0.5", executable: false);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_whose_time_is_up_gets_TERM_and_then_KILL_with_all_its_descendants()
    {
        TaskFiles.Write(_fixture.Root, "limited/timeout-kill", "0.001", executable: false);
        Run run = _fixture.Submit("limited");
        FakeProcess process = await _fixture.StartedAsync();

        Assert.Equal(15, await SignalAsync());
        Assert.Equal(9, await SignalAsync());
        process.Dispose();
        process.Child.SetExited(FakeInit.Killed(9));

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal(9, result.Status.Signal);
        Assert.True(result.TimedOut);
        Assert.All(_fixture.Init.Signals, sent => Assert.Equal((process.Child, SignalScope.Tree), (sent.Child, sent.Scope)));
    }

    [Fact]
    public async Task A_run_that_is_taken_up_again_keeps_its_timeout()
    {
        _fixture.Submit("limited");
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(15, await SignalAsync());
        process.Exit();
        await _fixture.IdleAsync();

        using var next = new EngineFixture();
        next.Init.OnSignal = (_, signal) => _signals.Writer.TryWrite(signal);
        var child = new Child(1, 1, process.Child.Label, DateTimeOffset.UnixEpoch, process.Child.State, process.Child.Kept);
        next.Engine.Adopt([child]);

        Assert.Equal(15, await SignalAsync());
        child.SetExited(FakeInit.Exit(0));
        await next.IdleAsync();
    }

    [Fact]
    public async Task After_a_hand_over_the_time_is_the_next_instances_to_watch()
    {
        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        fixture.Init.Started = clock.GetUtcNow();
        TaskFiles.Write(fixture.Root, "limited/run", "true");
        TaskFiles.Write(fixture.Root, "limited/timeout", "0.5", executable: false);
        fixture.Submit("limited");
        using FakeProcess process = await fixture.StartedAsync();
        await UntilTimerAsync(clock, TimeSpan.FromSeconds(0.5));
        await fixture.Gate.CloseAsync();

        clock.Advance(TimeSpan.FromSeconds(0.5));

        // From here on KILL is waited for.
        await UntilTimerAsync(clock, TimeSpan.FromSeconds(5));
        Assert.Empty(fixture.Init.Signals);
    }

    [Fact]
    public async Task A_run_without_a_timeout_is_left_alone()
    {
        Run run = _fixture.Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Exit();

        Assert.False((await EngineFixture.ResultOf(run)).Value.TimedOut);
        Assert.Equal(0, _signals.Reader.Count);
    }

    [Fact]
    public async Task Both_processes_of_a_task_with_a_user_are_started_as_that_user_without_the_daemons_groups()
    {
        TaskFiles.Write(_fixture.Root, "filtered/user", "12345:54321", executable: false);
        _fixture.Submit("filtered");

        for (int i = 0; i < 2; i++)
        {
            using FakeProcess process = await _fixture.StartedAsync();
            Assert.Equal((12345u, 54321u), (process.Spec.Uid, process.Spec.Gid));
            Assert.Equal([], process.Spec.Groups);
            process.Exit();
        }

        await _fixture.IdleAsync();
    }

    [Fact]
    public async Task A_task_without_a_user_is_started_as_the_daemon()
    {
        _fixture.Submit("free");
        using FakeProcess process = await _fixture.StartedAsync();

        Assert.Null(process.Spec.Uid);
        Assert.Null(process.Spec.Gid);
        Assert.Null(process.Spec.Groups);
        process.Exit();
        await _fixture.IdleAsync();
    }

    [Fact]
    public async Task A_task_with_one_place_runs_once_at_a_time_and_reads_its_own_variables()
    {
        TaskFiles.Write(_fixture.Root, "single/run", "true");
        TaskFiles.Write(_fixture.Root, "single/max_concurrent", "1", executable: false);
        TaskFiles.Write(_fixture.Root, "single/env/LANG", "", executable: false);
        TaskFiles.Write(_fixture.Root, "single/env/MODE", "fast\n", executable: false);
        Run first = _fixture.Submit("single");
        Run second = _fixture.Submit("single");
        FakeProcess process = await _fixture.StartedAsync();

        Assert.Equal(["MODE=fast", "PATH=/bin"], process.Spec.Environment.Order(StringComparer.Ordinal));
        Assert.Equal(RunState.Waiting, second.State);
        process.Exit();
        Assert.True((await EngineFixture.ResultOf(first)).Succeeded(out _));
        (await _fixture.StartedAsync()).Exit();
        Assert.True((await EngineFixture.ResultOf(second)).Succeeded(out _));
    }

    private static async Task UntilTimerAsync(ManualClock clock, TimeSpan dueIn)
    {
        while (clock.TimersAt(clock.GetUtcNow() + dueIn) == 0)
        {
            await Task.Yield();
        }
    }

    private async Task<int> SignalAsync() => await _signals.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience);
}
