using Google.Protobuf;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>Run: what a caller is told, and what becomes of the run when the caller goes.</summary>
public sealed class TasksRunTests : IAsyncDisposable
{
    private readonly SuccessionFixture _fixture = new();

    private TasksGrpc Service => _fixture.Old.Tasks;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_caller_is_told_the_id_first_and_then_the_whole_life_of_the_run()
    {
        OpenCall writes = OpenCall.Run(Service, "writes");
        string writer = (await writes.AcceptedAsync()).RunId;
        FakeProcess first = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(Service, "reads");
        V1.Accepted accepted = await call.AcceptedAsync();
        Assert.False(accepted.Attached);
        V1.ScopeUser holder = Assert.Single((await call.NextAsync()).Queued.WaitsFor);
        Assert.Equal(("src", writer, "writes", true, true), (holder.Scope, holder.Holder, holder.Reason, holder.Holds, holder.Writes));

        first.Exit();
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(accepted.RunId, process.Spec.Label);
        Assert.Equal(process.Child.Pid, (await call.NextAsync()).Started.Pid);
        process.Write("out");
        Assert.Equal("out", (await call.NextAsync()).Output.Data.ToStringUtf8());
        process.Exit(5);

        Assert.Equal(5, Assert.Single(await call.RestAsync()).Exited.Code);
        Assert.Equal(0, (await writes.RestAsync())[^1].Exited.Code);
    }

    [Fact]
    public async Task A_task_gets_the_variables_and_the_input_of_the_request()
    {
        OpenCall call = OpenCall.Run(Service, new V1.RunTaskRequest { TaskName = "free", Variables = { ["A"] = "b" }, Input = ByteString.CopyFromUtf8("in") });
        FakeProcess process = await _fixture.StartedAsync();

        Assert.Contains("A=b", process.Spec.Environment);
        Assert.Equal("in", process.ReadInput());
        process.Exit();
        await call.RestAsync();
    }

    [Fact]
    public async Task The_end_says_what_both_processes_used_together_who_was_killed_for_memory_and_that_one_left_a_core()
    {
        _fixture.AddTask("filtered", log: true);
        OpenCall call = OpenCall.Run(Service, "filtered");
        FakeProcess log = await _fixture.StartedAsync();
        FakeProcess run = await _fixture.StartedAsync();
        DateTimeOffset end = DateTimeOffset.UnixEpoch.AddMinutes(1);
        run.Dispose();
        run.Child.SetExited(new ChildExit(ExitStatus.Signaled(6, true), end, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(0.25), 3000));
        log.Dispose();
        log.Child.SetExited(new ChildExit(ExitStatus.Exited(0), end.AddSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 5000) { OomKilled = true });

        V1.Exited exited = (await call.RestAsync())[^1].Exited;
        Assert.Equal((6, true), (exited.Signaled.Signal, exited.Signaled.CoreDumped));
        Assert.Equal((3.5, 1.25), (exited.UserTime.ToTimeSpan().TotalSeconds, exited.SystemTime.ToTimeSpan().TotalSeconds));
        Assert.Equal((5000ul, true, false, false), (exited.MaxResidentBytes, exited.OomKilled, exited.TimedOut, exited.OutputLeftOpen));
        Assert.Equal(end.AddSeconds(1), exited.Ended.ToDateTimeOffset());
    }

    [Fact]
    public async Task As_much_output_is_kept_as_the_request_asks_for()
    {
        const int Bytes = 900_000;
        var request = new V1.RunTaskRequest { TaskName = "free", ClientToken = "t", Output = new V1.OutputLimits { HeadBytes = 0, TailBytes = 4096 } };
        OpenCall call = OpenCall.Run(Service, request);
        FakeProcess process = await _fixture.StartedAsync();
        await Task.Run(() => process.Write(new string('x', Bytes))).WaitAsync(SuccessionFixture.Patience);
        process.Exit();
        await call.RestAsync();

        V1.RunEvent[] output = [.. (await OpenCall.Run(Service, request).RestAsync()).Where(told => told.Gap is not null || told.Output is not null)];
        Assert.Equal(0UL, output[0].Gap.Offset);
        Assert.InRange((long)output[0].Gap.Length, 1, Bytes - 4096);
        Assert.Equal(Bytes, (long)output[0].Gap.Length + output[1..].Sum(told => told.Output.Data.Length));
    }

    [Theory]
    [InlineData("nothing", "", 0, FaultKind.NotFound, "'nothing'")]
    [InlineData("../free", "", 0, FaultKind.InvalidArgument, "'../free'")]
    [InlineData("free", "long", 0, FaultKind.InvalidArgument, "client_token")]
    [InlineData("free", "", 9, FaultKind.InvalidArgument, "on_disconnect is 9")]
    public async Task A_request_that_is_wrong_is_an_error_that_says_what(string task, string token, int onDisconnect, FaultKind kind, string named)
    {
        OpenCall call = OpenCall.Run(Service, task, token == "long" ? new string('x', 129) : token, (V1.OnDisconnect)onDisconnect);

        Fault fault = (await call.FailsAsync<FaultException>()).Fault;
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(named, fault.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Init.Spawned);
    }

    [Fact]
    public async Task A_second_request_with_the_token_attaches_from_its_offsets_on()
    {
        OpenCall first = OpenCall.Run(Service, "free", "t");
        V1.Accepted accepted = await first.AcceptedAsync();
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("one two");
        await first.NextAsync();
        await first.NextAsync();

        OpenCall second = OpenCall.Run(Service, new V1.RunTaskRequest { TaskName = "free", ClientToken = "t", StdoutOffset = 4 });
        Assert.Equal(new V1.Accepted { RunId = accepted.RunId, Attached = true }, await second.AcceptedAsync());
        Assert.Equal(V1.RunEvent.EventOneofCase.Started, (await second.NextAsync()).EventCase);
        V1.Output output = (await second.NextAsync()).Output;
        Assert.Equal((4UL, "two"), (output.Offset, output.Data.ToStringUtf8()));
        process.Exit(3);

        Assert.Equal(3, (await first.RestAsync())[^1].Exited.Code);
        Assert.Equal(3, (await second.RestAsync())[^1].Exited.Code);
        Assert.Equal(3, (await OpenCall.Run(Service, "free", "t").RestAsync())[^1].Exited.Code);
        Assert.Single(_fixture.Init.Spawned);
    }

    [Theory]
    [InlineData(V1.OnDisconnect.Unspecified, true)]
    [InlineData(V1.OnDisconnect.CancelWaiting, true)]
    [InlineData(V1.OnDisconnect.Cancel, true)]
    [InlineData(V1.OnDisconnect.GoOn, false)]
    public async Task A_run_that_waits_goes_with_its_caller_unless_it_is_to_go_on(V1.OnDisconnect wanted, bool goes)
    {
        Run writes = Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(Service, "reads", onDisconnect: wanted);
        Run run = await RunOfAsync(call);
        await call.NextAsync();

        await call.LeaveAsync();

        Assert.Equal(goes ? RunState.Withdrawn : RunState.Waiting, run.State);
        writer.Exit();
        await writes.Completion.WaitAsync(SuccessionFixture.Patience);
        if (!goes)
        {
            (await _fixture.StartedAsync()).Exit();
            Assert.True((await run.Completion.WaitAsync(SuccessionFixture.Patience)).Value.Status.Succeeded);
        }
    }

    [Theory]
    [InlineData(V1.OnDisconnect.Unspecified, false)]
    [InlineData(V1.OnDisconnect.CancelWaiting, false)]
    [InlineData(V1.OnDisconnect.Cancel, true)]
    [InlineData(V1.OnDisconnect.GoOn, false)]
    public async Task A_run_that_runs_outlives_its_caller_unless_it_is_to_be_cancelled(V1.OnDisconnect wanted, bool ends)
    {
        _fixture.Init.OnSignal = (child, signal) => child.SetExited(FakeInit.Killed(signal));
        OpenCall call = OpenCall.Run(Service, "free", onDisconnect: wanted);
        Run run = await RunOfAsync(call);
        using FakeProcess process = await _fixture.StartedAsync();
        await call.NextAsync();

        await call.LeaveAsync();

        if (!ends)
        {
            Assert.Empty(_fixture.Init.Signals);
            process.Exit();
        }

        RunResult result = (await run.Completion.WaitAsync(SuccessionFixture.Patience)).Value;
        Assert.Equal(ends ? 15 : null, result.Status.Signal);
    }

    [Fact]
    public async Task Of_several_callers_with_one_token_the_last_one_counts_with_what_it_wants()
    {
        Submit("writes");
        using FakeProcess writer = await _fixture.StartedAsync();
        OpenCall first = OpenCall.Run(Service, "reads", "t", V1.OnDisconnect.Cancel);
        Run run = await RunOfAsync(first);
        OpenCall second = OpenCall.Run(Service, "reads", "t", V1.OnDisconnect.GoOn);
        await second.AcceptedAsync();

        await first.LeaveAsync();
        Assert.Equal(RunState.Waiting, run.State);
        await second.LeaveAsync();
        Assert.Equal(RunState.Waiting, run.State);

        OpenCall third = OpenCall.Run(Service, "reads", "t");
        Assert.True((await third.AcceptedAsync()).Attached);
        await third.LeaveAsync();
        Assert.Equal(RunState.Withdrawn, run.State);
        Assert.False((await OpenCall.Run(Service, "reads", "t").AcceptedAsync()).Attached);
    }

    [Fact]
    public async Task Who_only_attaches_by_the_id_changes_nothing()
    {
        Submit("writes");
        using FakeProcess writer = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(Service, "reads");
        Run run = await RunOfAsync(call);
        var reader = new TestCallContext(new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Service.Attach(new V1.AttachRequest { RunId = run.Id.Value }, call, reader));
        Assert.Equal(RunState.Waiting, run.State);
        await call.LeaveAsync();
        Assert.Equal(RunState.Withdrawn, run.State);
    }

    [Fact]
    public async Task Calls_that_end_with_the_service_are_not_callers_that_went()
    {
        OpenCall call = OpenCall.Run(Service, "free", onDisconnect: V1.OnDisconnect.Cancel);
        using FakeProcess process = await _fixture.StartedAsync();
        _fixture.Old.Engine.KeepRunsWithoutCallers();

        await call.LeaveAsync();

        Assert.Empty(_fixture.Init.Signals);
    }

    [Fact]
    public async Task Whom_a_run_waits_for_is_told_for_scopes_that_lie_in_each_other_and_for_as_many_runs_as_a_task_may_have()
    {
        _fixture.AddTask("app", writes: "src/app");
        _fixture.AddTask("one", maxConcurrent: 1);
        string writes = Submit("writes").Id.Value;
        string one = Submit("one").Id.Value;
        using FakeProcess writer = await _fixture.StartedAsync();
        using FakeProcess single = await _fixture.StartedAsync();

        V1.ScopeUser above = Assert.Single(await WaitsForAsync("app"));
        Assert.Equal(("src", writes, true, true), (above.Scope, above.Holder, above.Holds, above.Writes));
        Assert.Equal(("src/app", ""), (above.Wanted, above.Used));
        V1.ScopeUser other = Assert.Single(await WaitsForAsync("one"));
        Assert.Equal((one, "one", true), (other.Holder, other.Reason, other.Holds));
        Assert.EndsWith("/one", other.Scope, StringComparison.Ordinal);
        Assert.Equal(("", ""), (other.Wanted, other.Used));
    }

    [Fact]
    public async Task Of_many_that_a_run_waits_for_the_oldest_are_told()
    {
        string[] writers = [.. Enumerable.Range(0, 40).Select(_ => Submit("writes").Id.Value)];
        using FakeProcess writer = await _fixture.StartedAsync();

        Assert.Equal(writers[..32], (await WaitsForAsync("reads")).Select(user => user.Holder));
    }

    private async Task<IReadOnlyList<V1.ScopeUser>> WaitsForAsync(string task)
    {
        OpenCall call = OpenCall.Run(Service, task);
        await call.AcceptedAsync();
        IReadOnlyList<V1.ScopeUser> users = (await call.NextAsync()).Queued.WaitsFor;
        await call.LeaveAsync();
        return users;
    }

    private async Task<Run> RunOfAsync(OpenCall call) => _fixture.Old.Engine.Find(RunId.Parse((await call.AcceptedAsync()).RunId)!.Value)!;

    private Run Submit(string task) => _fixture.Old.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)).Value;
}
