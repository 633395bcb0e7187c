using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Succession;

/// <summary>Callers and tokens when another instance takes the service over, or the service was killed.</summary>
public sealed class RunCallerTests : IAsyncDisposable
{
    private readonly SuccessionFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_call_goes_on_at_the_next_instance_to_the_end_of_its_run()
    {
        OpenCall call = OpenCall.Run(_fixture.Old.Tasks, "free");
        await call.AcceptedAsync();
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("one ");
        await _fixture.HandOverAsync(() => process.Write("two "));
        process.Write("three");
        process.Exit(5);

        List<V1.RunEvent> events = await call.RestAsync();
        Assert.Equal("one two three", string.Concat(events.Where(told => told.Output is not null).Select(told => told.Output.Data.ToStringUtf8())));
        Assert.Equal(5, events[^1].Exited.Code);
        Assert.DoesNotContain(events, told => told.Accepted is not null);
    }

    [Fact]
    public async Task Tokens_stand_for_the_same_runs_at_the_next_instance_while_they_wait_run_and_after_their_end()
    {
        (string waiting, string running, string ended) = await ThreeRunsAsync();
        await _fixture.HandOverAsync();

        Assert.Equal(new V1.Accepted { RunId = waiting, Attached = true }, await AcceptedAsync("reads", "waiting"));
        Assert.Equal(new V1.Accepted { RunId = running, Attached = true }, await AcceptedAsync("writes", "running"));
        Assert.Equal(new V1.Accepted { RunId = ended, Attached = true }, await AcceptedAsync("free", "ended"));
        foreach (string token in new[] { "waiting", "running", "ended" })
        {
            Kernel.Fault fault = (await OpenCall.Run(_fixture.New.Tasks, "other", token).FailsAsync<Kernel.FaultException>()).Fault;
            Assert.Equal(Kernel.FaultKind.AlreadyExists, fault.Kind);
        }
    }

    [Fact]
    public async Task After_a_kill_tokens_stand_for_what_runs_has_ended_and_waits_again()
    {
        (string waiting, string running, string ended) = await ThreeRunsAsync();
        await KillAsync();

        Assert.Equal(new V1.Accepted { RunId = running, Attached = true }, await AcceptedAsync("writes", "running"));
        Assert.Equal(new V1.Accepted { RunId = ended, Attached = true }, await AcceptedAsync("free", "ended"));
        Assert.Equal(new V1.Accepted { RunId = waiting, Attached = true }, await AcceptedAsync("reads", "waiting"));
        Kernel.Fault fault = (await OpenCall.Run(_fixture.New.Tasks, "reads", "ended").FailsAsync<Kernel.FaultException>()).Fault;
        Assert.Equal(Kernel.FaultKind.AlreadyExists, fault.Kind);
        Assert.Contains(ended, fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_kill_a_caller_that_comes_back_is_told_what_it_misses()
    {
        OpenCall.Run(_fixture.Old.Tasks, "free", "t");
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("one ");
        await KillAsync();
        process.Write("two");
        process.Exit(7);

        List<V1.RunEvent> events = await OpenCall.Run(_fixture.New.Tasks, new V1.RunTaskRequest { TaskName = "free", ClientToken = "t", StdoutOffset = 4 }).RestAsync();
        Assert.Equal("two", string.Concat(events.Where(told => told.Output is not null).Select(told => told.Output.Data.ToStringUtf8())));
        Assert.Equal(7, events[^1].Exited.Code);
        Assert.Single(_fixture.Init.Spawned);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_goes_during_or_after_a_hand_over_takes_its_waiting_run_along(bool whileNobodyDecides)
    {
        Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(_fixture.Old.Tasks, "reads");
        RunId id = await IdOfAsync(call);
        await _fixture.HandOverAsync(whileNobodyDecides ? call.Go : null);
        Run there = _fixture.New.Engine.Find(id)!;

        await call.LeaveAsync();

        Assert.Equal(Kernel.FaultKind.Cancelled, (await there.Completion.WaitAsync(SuccessionFixture.Patience)).Fault!.Kind);
        writer.Exit();
        Assert.Single(_fixture.Init.Spawned);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_goes_during_or_after_a_hand_over_ends_its_run_if_it_wants_to(bool whileNobodyDecides)
    {
        _fixture.Init.OnSignal = (child, signal) => child.SetExited(FakeInit.Killed(signal));
        OpenCall call = OpenCall.Run(_fixture.Old.Tasks, "free", onDisconnect: V1.OnDisconnect.Cancel);
        RunId id = await IdOfAsync(call);
        FakeProcess process = await _fixture.StartedAsync();
        process.Dispose();
        await _fixture.HandOverAsync(whileNobodyDecides ? call.Go : null);
        Run there = _fixture.New.Engine.Find(id)!;

        await call.LeaveAsync();

        Assert.Equal(15, (await there.Completion.WaitAsync(SuccessionFixture.Patience)).Value.Status.Signal);
    }

    [Theory]
    [InlineData(V1.OnDisconnect.GoOn, "reads")]
    [InlineData(V1.OnDisconnect.Unspecified, "free")]
    public async Task A_run_that_is_to_go_on_does_so_when_its_caller_goes_after_a_hand_over(V1.OnDisconnect wanted, string task)
    {
        Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(_fixture.Old.Tasks, task, onDisconnect: wanted);
        RunId id = await IdOfAsync(call);
        await _fixture.HandOverAsync();

        await call.LeaveAsync();
        writer.Exit();
        (await _fixture.StartedAsync()).Exit();

        Assert.True((await _fixture.New.Engine.Find(id)!.Completion.WaitAsync(SuccessionFixture.Patience)).Value.Status.Succeeded);
        Assert.Empty(_fixture.Init.Signals);
    }

    [Fact]
    public async Task Callers_of_both_instances_count_together()
    {
        Submit("writes");
        using FakeProcess writer = await _fixture.StartedAsync();
        OpenCall first = OpenCall.Run(_fixture.Old.Tasks, "reads", "t");
        RunId id = await IdOfAsync(first);
        OpenCall second = OpenCall.Run(_fixture.Old.Tasks, "reads", "t");
        await second.AcceptedAsync();
        await _fixture.HandOverAsync(first.Go);
        OpenCall third = OpenCall.Run(_fixture.New.Tasks, "reads", "t");
        await third.AcceptedAsync();
        Run there = _fixture.New.Engine.Find(id)!;

        await first.LeaveAsync();
        await third.LeaveAsync();
        Assert.Equal(RunState.Waiting, there.State);
        await second.LeaveAsync();
        Assert.Equal(Kernel.FaultKind.Cancelled, (await there.Completion.WaitAsync(SuccessionFixture.Patience)).Fault!.Kind);
    }

    private async Task<(string Waiting, string Running, string Ended)> ThreeRunsAsync()
    {
        OpenCall ended = OpenCall.Run(_fixture.Old.Tasks, "free", "ended", V1.OnDisconnect.GoOn);
        string endedId = (await ended.AcceptedAsync()).RunId;
        (await _fixture.StartedAsync()).Exit();
        await ended.RestAsync();
        OpenCall running = OpenCall.Run(_fixture.Old.Tasks, "writes", "running", V1.OnDisconnect.GoOn);
        string runningId = (await running.AcceptedAsync()).RunId;
        await _fixture.StartedAsync();
        OpenCall waiting = OpenCall.Run(_fixture.Old.Tasks, "reads", "waiting", V1.OnDisconnect.GoOn);
        return ((await waiting.AcceptedAsync()).RunId, runningId, endedId);
    }

    /// <summary>What an instance finds that starts after a kill: the processes, and no table.</summary>
    private async Task KillAsync()
    {
        await _fixture.Old.HandOverAsync();
        await _fixture.New.TakeOverAsync(_fixture.Old, _fixture.Kept.Owned(), ReadOnlyMemory<byte>.Empty);
    }

    private Task<V1.Accepted> AcceptedAsync(string task, string token) =>
        OpenCall.Run(_fixture.New.Tasks, task, token, V1.OnDisconnect.GoOn).AcceptedAsync();

    private static async Task<RunId> IdOfAsync(OpenCall call) => RunId.Parse((await call.AcceptedAsync()).RunId)!.Value;

    private void Submit(string task) => _fixture.Old.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0));
}
