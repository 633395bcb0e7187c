using System.Runtime.InteropServices;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Exec.Tests.Adapters;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>An instance that decides nothing any more, as if it had been killed, and the one that comes after it.</summary>
public sealed class RunFinishAdoptionTests : IDisposable
{
    private readonly EngineFixture _killed = new();
    private readonly EngineFixture _next = new();
    private readonly KeptChildren _kept;

    public RunFinishAdoptionTests()
    {
        _kept = KeptChildren.Of(_killed.Init);
        TaskFiles.Write(_killed.Root, "finished/run", "true");
        TaskFiles.Write(_killed.Root, "finished/finish", "#!/bin/sh");
        TaskFiles.Write(_killed.Root, "finished/output_scopes", "src", executable: false);
        TaskFiles.Write(_killed.Root, "limited/run", "true");
        TaskFiles.Write(_killed.Root, "limited/timeout", "0.5", executable: false);
    }

    public void Dispose()
    {
        _killed.Dispose();
        _next.Dispose();
        _kept.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_before_finish_was_started_the_next_instance_starts_it_with_the_runs_status_under_its_locks(bool endedBefore)
    {
        Run run = _killed.Submit("finished", variables: ("A", "b"));
        FakeProcess process = await _killed.StartedAsync();
        await KillAsync();

        // What the task's files say by now does not matter.
        Directory.Delete(_killed.Root.At("finished"), recursive: true);
        if (endedBefore)
        {
            process.Exit(3);
        }

        _next.Engine.Adopt(_kept.Owned());
        Run writes = _next.Submit("writes");
        if (!endedBefore)
        {
            process.Exit(3);
        }

        FakeProcess finish = await _next.StartedAsync();
        Assert.Equal([_killed.Root.At("finished/finish"), "3", "0", run.Id.Value], finish.Spec.Arguments);
        Assert.Equal(process.Spec.Environment, finish.Spec.Environment);
        Assert.Equal(RunState.Waiting, writes.State);
        finish.Exit();
        RunResult result = (await EngineFixture.ResultOf(_next.Engine.Find(run.Id)!)).Value;
        Assert.Equal((3, 0), (result.Status.Code, result.Finish!.Status!.Value.Code));
        (await _next.StartedAsync()).Exit();
        Assert.True(_killed.NothingStarted);
    }

    [Fact]
    public async Task Killed_while_finish_runs_the_next_instance_waits_for_it_and_has_what_it_writes()
    {
        (Run run, FakeProcess finish) = await FinishingAsync();
        finish.Write("before ");
        await KillAsync();
        _next.Engine.Adopt(_kept.Owned());
        Run writes = _next.Submit("writes");
        finish.Write("after");
        Assert.Equal(RunState.Waiting, writes.State);
        finish.Exit(1);

        Run taken = _next.Engine.Find(run.Id)!;
        RunResult result = (await EngineFixture.ResultOf(taken)).Value;
        Assert.Equal((3, 1), (result.Status.Code, result.Finish!.Status!.Value.Code));
        Assert.Equal("before after", System.Text.Encoding.UTF8.GetString(taken.Output[OutputStream.Error].Copy(0, long.MaxValue)));
        Assert.Equal(3, taken.Ending!.Result.Status.Code);

        // Of the two that were started since, none is a second finish.
        FakeProcess other = await _next.StartedAsync();
        Assert.Equal(writes.Id.Value, other.Spec.Label);
        other.Exit();
    }

    [Fact]
    public async Task Killed_after_finish_nothing_is_started_and_nothing_is_locked()
    {
        (Run run, FakeProcess finish) = await FinishingAsync();
        finish.Exit();
        await EngineFixture.ResultOf(run);
        await KillAsync();
        _next.Engine.Adopt(_kept.Owned());

        await _next.IdleAsync();
        RunResult result = (await _next.Engine.Find(run.Id)!.Completion).Value;
        Assert.Equal((3, 0), (result.Status.Code, result.Finish!.Status!.Value.Code));
        Assert.True(_next.NothingStarted);
        Assert.Empty(_next.Locks.Snapshot());

        // The killed one has told all of it.
        Assert.Contains("freed by finished: writes src", _killed.Observer.Take());
        Assert.Empty(_next.Observer.Take());
    }

    [Fact]
    public async Task When_finish_ended_while_nobody_was_there_the_next_instance_tells_that_the_locks_are_free_once()
    {
        (_, FakeProcess finish) = await FinishingAsync();
        Assert.Contains("ended finished: exit code 3", _killed.Observer.Take());
        await KillAsync();
        finish.Exit();
        _next.Engine.Adopt(_kept.Owned());
        await _next.IdleAsync();
        Assert.Equal(["freed unseen by finished: writes src"], _next.Observer.Take());

        using var third = new EngineFixture();
        third.Engine.Adopt(_kept.Owned());
        await third.IdleAsync();
        Assert.Single(third.Engine.Ended);
        Assert.Empty(third.Observer.Take());
    }

    [Fact]
    public async Task A_finish_that_could_not_be_started_is_not_tried_again()
    {
        Run run = _killed.Submit("finished");
        FakeProcess process = await _killed.StartedAsync();
        _killed.Init.SpawnFault = new PvExec.Kernel.Fault(PvExec.Kernel.FaultKind.NotFound, "gone");
        process.Exit();
        await EngineFixture.ResultOf(run);
        await KillAsync();
        _next.Engine.Adopt(_kept.Owned());

        await _next.IdleAsync();
        Assert.Null((await _next.Engine.Find(run.Id)!.Completion).Value.Finish!.Status);
        Assert.True(_next.NothingStarted);
    }

    [Fact]
    public async Task Killed_between_the_starts_of_the_filter_and_of_run_neither_finish_nor_the_run_is_told_and_the_filter_is_killed_under_its_locks()
    {
        TaskFiles.Write(_killed.Root, "finished/log", "cat");
        foreach (EngineFixture fixture in new[] { _killed, _next })
        {
            TaskFiles.Write(fixture.Root, "finished/run", "true");
            TaskFiles.Write(fixture.Root, "finished/output_scopes", "src", executable: false);
        }

        var request = new RunRequest("finished", [], ReadOnlyMemory<byte>.Empty, 0) { Token = new ClientToken("t", "f") };
        AcceptedRun run = _killed.Engine.Accept(request, RunCaller.New(OnDisconnect.GoOn)).Value;
        FakeProcess filter = await _killed.StartedAsync();
        await _killed.StartedAsync();
        await KillAsync();
        Child left = Assert.Single(_kept.Owned(), child => child.Label.EndsWith("/log", StringComparison.Ordinal));
        _next.Engine.Adopt([left]);

        // With its token it is a new run, which waits for the filter's locks.
        AcceptedRun again = _next.Engine.Accept(request, RunCaller.New(OnDisconnect.GoOn)).Value;
        Assert.Equal((false, RunState.Waiting), (again.IsAttached, again.Run.State));
        Assert.Equal((left, 9, SignalScope.Tree), Assert.Single(_next.Init.Signals));
        filter.Dispose();
        left.SetExited(FakeInit.Killed(9));

        FakeProcess process = await _next.StartedAsync();
        Assert.Equal(again.Run.Id.Value, process.Spec.Label);
        process.Exit();
        await _next.IdleAsync();
        Assert.Contains(left, _next.Init.Acknowledged);
        Assert.Null(_next.Engine.Find(run.Run.Id));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_forgetting_a_run_the_rest_of_it_is_forgotten()
    {
        (_, FakeProcess finish) = await FinishingAsync();
        finish.Exit();
        await _killed.IdleAsync();
        await KillAsync();
        Child left = Assert.Single(_kept.Owned(), child => child.Label.EndsWith("/finish", StringComparison.Ordinal));
        _next.Engine.Adopt([left]);

        Assert.True(SpinWait.SpinUntil(() => _next.Init.Acknowledged.Count == 1, EngineFixture.Patience));
        Assert.Empty(_next.Engine.Live);
        Assert.Empty(_next.Engine.Ended);
    }

    [Fact]
    public async Task Of_a_finish_that_was_started_twice_both_are_read_and_the_second_is_forgotten()
    {
        (Run run, FakeProcess finish) = await FinishingAsync();
        await KillAsync();
        IReadOnlyList<Child> owned = _kept.Owned();
        Child first = owned.Single(child => child.Label.EndsWith("/finish", StringComparison.Ordinal));
        PipePair pipe = PipePair.Open();
        var second = new Child(99, 99, first.Label, first.Started, first.State, new Dictionary<string, SafeHandle> { [RunFiles.FinishPipe] = pipe.ReadEnd });
        _next.Engine.Adopt([.. owned, second]);
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(EngineFixture.Patience);
        pipe.WriteEnd.Dispose();
        finish.Exit(1);
        second.SetExited(FakeInit.Exit(2));

        Assert.Equal(1, (await EngineFixture.ResultOf(_next.Engine.Find(run.Id)!)).Value.Finish!.Status!.Value.Code);
        Assert.True(SpinWait.SpinUntil(() => _next.Init.Acknowledged.Contains(second), EngineFixture.Patience));
    }

    [Fact]
    public async Task A_run_that_was_told_to_end_because_its_time_was_up_timed_out_also_for_the_next_instance()
    {
        var signals = new TaskCompletionSource<int>();
        _killed.Init.OnSignal = (_, signal) => signals.TrySetResult(signal);
        Run run = _killed.Submit("limited");
        FakeProcess process = await _killed.StartedAsync();
        Assert.Equal(15, await signals.Task.WaitAsync(EngineFixture.Patience));
        await KillAsync();
        process.Exit(0);
        _next.Engine.Adopt(_kept.Owned());

        Assert.True((await EngineFixture.ResultOf(_next.Engine.Find(run.Id)!)).Value.TimedOut);
        Assert.Empty(_next.Init.Signals);
    }

    private async Task<(Run Run, FakeProcess Finish)> FinishingAsync()
    {
        Run run = _killed.Submit("finished");
        (await _killed.StartedAsync()).Exit(3);
        return (run, await _killed.StartedAsync());
    }

    /// <summary>Nothing is decided any more, and no output is read.</summary>
    private async Task KillAsync()
    {
        await _killed.Gate.CloseAsync();
        _killed.StopReading();
    }
}
