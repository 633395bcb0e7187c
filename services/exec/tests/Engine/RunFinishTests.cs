using System.Threading.Channels;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunFinishTests : IDisposable
{
    private readonly EngineFixture _fixture = new();
    private readonly Channel<(Child Child, int Signal)> _signals = Channel.CreateUnbounded<(Child Child, int Signal)>();

    public RunFinishTests()
    {
        _fixture.Init.Started = DateTimeOffset.UtcNow;
        _fixture.Init.OnSignal = (child, signal) => _signals.Writer.TryWrite((child, signal));
        TaskFiles.Write(_fixture.Root, "finished/run", "true");
        TaskFiles.Write(_fixture.Root, "finished/finish", "#!/bin/sh");
        TaskFiles.Write(_fixture.Root, "finished/output_scopes", "src", executable: false);
        TaskFiles.Write(_fixture.Root, "finished/timeout-finish", "86400", executable: false);
        TaskFiles.Write(_fixture.Root, "finished/env/MODE", "slow", executable: false);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Finish_is_given_how_the_run_ended_and_runs_as_the_run_did_under_its_locks()
    {
        Run run = _fixture.Submit("finished", variables: ("A", "b"));
        FakeProcess process = await _fixture.StartedAsync();
        Run next = _fixture.Submit("writes");
        process.Write("problem;", descriptor: 2);
        process.Exit(3);

        FakeProcess finish = await _fixture.StartedAsync();
        Assert.Equal([_fixture.Root.At("finished/finish"), "3", "0", run.Id.Value], finish.Spec.Arguments);
        Assert.Equal(process.Spec.Environment, finish.Spec.Environment);
        Assert.Contains("A=b", finish.Spec.Environment);
        Assert.Contains("MODE=slow", finish.Spec.Environment);
        Assert.Equal(process.Spec.WorkingDirectory, finish.Spec.WorkingDirectory);
        Assert.Equal((RunState.Finishing, RunState.Waiting), (run.State, next.State));
        finish.Write("out;");
        finish.Write("err", descriptor: 2);
        finish.Exit();

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal(3, result.Status.Code);
        Assert.Equal(new FinishEnd(ExitStatus.Exited(0)), result.Finish);
        Assert.Equal("problem;out;err", Text(run, OutputStream.Error));
        Assert.Equal("", Text(run, OutputStream.Standard));
        (await _fixture.StartedAsync()).Exit();
        Assert.True((await EngineFixture.ResultOf(next)).Succeeded(out _));
    }

    [Fact]
    public async Task After_a_signal_it_gets_256_and_the_signal_and_its_own_failure_changes_nothing_of_the_runs_end()
    {
        Run run = _fixture.Submit("finished");
        FakeProcess process = await _fixture.StartedAsync();
        process.Dispose();
        process.Child.SetExited(FakeInit.Killed(15));

        FakeProcess finish = await _fixture.StartedAsync();
        Assert.Equal(["256", "15", run.Id.Value], finish.Spec.Arguments.TakeLast(3));
        finish.Exit(7);

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal(15, result.Status.Signal);
        Assert.Equal(7, result.Finish!.Status!.Value.Code);
    }

    [Fact]
    public async Task It_runs_after_a_run_that_was_cancelled_and_after_one_whose_time_was_up()
    {
        TaskFiles.Write(_fixture.Root, "limited/run", "true");
        TaskFiles.Write(_fixture.Root, "limited/finish", "#!/bin/sh");
        TaskFiles.Write(_fixture.Root, "limited/timeout", "0.5", executable: false);
        foreach (string task in new[] { "finished", "limited" })
        {
            // The time of the second one is over.
            _fixture.Init.Started = task == "limited" ? DateTimeOffset.UnixEpoch : DateTimeOffset.UtcNow;
            Run run = _fixture.Submit(task);
            FakeProcess process = await _fixture.StartedAsync();
            _fixture.Init.Started = DateTimeOffset.UtcNow;
            Task<bool>? cancel = task == "finished" ? _fixture.Engine.CancelAsync(run, new Fault(FaultKind.Cancelled, "test"), new TaskCompletionSource().Task) : null;
            Assert.Equal((process.Child, 15), await SignalAsync());
            process.Dispose();
            process.Child.SetExited(FakeInit.Killed(15));
            (await _fixture.StartedAsync()).Exit();

            RunResult result = (await EngineFixture.ResultOf(run)).Value;
            Assert.Equal((task == "limited", 0), (result.TimedOut, result.Finish!.Status!.Value.Code));
            Assert.True(cancel is null || await cancel);
        }
    }

    [Fact]
    public async Task One_that_is_not_done_in_its_time_is_killed_with_its_descendants_and_the_locks_are_free()
    {
        TaskFiles.Write(_fixture.Root, "finished/timeout-finish", "0.5", executable: false);
        _fixture.Init.Started = DateTimeOffset.UnixEpoch;
        Run run = _fixture.Submit("finished");
        (await _fixture.StartedAsync()).Exit();
        FakeProcess finish = await _fixture.StartedAsync();

        Assert.Equal((finish.Child, 9), await SignalAsync());
        Assert.Equal(SignalScope.Tree, _fixture.Init.Signals[^1].Scope);
        finish.Dispose();
        finish.Child.SetExited(FakeInit.Killed(9));

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.True(result.Finish!.TimedOut);
        Assert.Equal((0, 9), (result.Status.Code, result.Finish.Status!.Value.Signal));
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task One_that_cannot_be_started_is_told_of_and_the_run_has_its_result()
    {
        Run run = _fixture.Submit("finished");
        FakeProcess process = await _fixture.StartedAsync();
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "no such interpreter");
        process.Exit(4);

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal((4, null, "no such interpreter"), (result.Status.Code, result.Finish!.Status, result.Finish.NotStarted));
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task A_run_that_could_not_be_started_has_no_finish()
    {
        _fixture.Init.SpawnFault = new Fault(FaultKind.NotFound, "no such interpreter");
        Run run = _fixture.Submit("finished");

        Assert.False((await EngineFixture.ResultOf(run)).Succeeded(out _));
        Assert.True(_fixture.NothingStarted);
    }

    [Fact]
    public async Task All_of_a_run_is_acknowledged_its_finish_last()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 0 });
        TaskFiles.Write(fixture.Root, "filtered/finish", "#!/bin/sh");
        fixture.Submit("filtered");
        FakeProcess log = await fixture.StartedAsync();
        FakeProcess run = await fixture.StartedAsync();
        run.Exit();
        log.Exit();
        FakeProcess finish = await fixture.StartedAsync();
        finish.Exit();

        await fixture.IdleAsync();
        Assert.Equal(3, fixture.Init.Acknowledged.Count);
        Assert.Same(finish.Child, fixture.Init.Acknowledged[^1]);
    }

    [Fact]
    public async Task A_run_whose_memory_ran_out_says_so()
    {
        Run run = _fixture.Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Dispose();
        process.Child.SetExited(FakeInit.Killed(9) with { OomKilled = true });

        Assert.True((await EngineFixture.ResultOf(run)).Value.OomKilled);
    }

    private static string Text(Run run, OutputStream stream) => System.Text.Encoding.UTF8.GetString(run.Output[stream].Copy(0, long.MaxValue));

    private async Task<(Child Child, int Signal)> SignalAsync() => await _signals.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience);
}
