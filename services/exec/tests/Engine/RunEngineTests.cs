using System.Runtime.CompilerServices;
using System.Text;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunEngineTests : IDisposable
{
    private readonly EngineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("free")]
    [InlineData("reads")]
    public async Task The_input_of_a_run_that_runs_is_in_its_file_only(string task)
    {
        _fixture.Submit("writes");
        using FakeProcess writer = await _fixture.StartedAsync();
        WeakReference input = SubmitWithInput(task);
        writer.Exit();
        using FakeProcess process = await _fixture.StartedAsync();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !input.IsAlive;
            },
            EngineFixture.Patience));
        Assert.Equal(100_000, process.ReadInput().Length);
    }

    [Fact]
    public async Task What_a_task_writes_is_its_result_and_standard_error_is_kept_apart()
    {
        using var fixture = new EngineFixture();
        Run run = fixture.Submit("free");
        FakeProcess process = await fixture.StartedAsync();
        process.Write("result");
        process.Write("message", descriptor: 2);
        process.Exit(3);

        RunResult result = (await EngineFixture.ResultOf(run)).Value;
        Assert.Equal(3, result.Status.Code);
        Assert.Equal("result", EngineFixture.Text(run));
        Assert.Equal("message", Encoding.UTF8.GetString(run.Output.ErrorTail(100)));
    }

    [Fact]
    public async Task After_an_unexpected_error_while_a_process_may_run_its_locks_stay_held_and_the_service_leaves()
    {
        using var fixture = new EngineFixture();
        fixture.Init.OnSpawn = (_, _) => throw new InvalidOperationException("unexpected");
        Run writes = fixture.Submit("writes");

        Fault fault = (await EngineFixture.ResultOf(writes)).Fault!;
        Assert.Equal(FaultKind.Unavailable, fault.Kind);
        await fixture.Exit.Demanded.WaitAsync(EngineFixture.Patience);
        Assert.Equal(RunState.Waiting, fixture.Submit("reads").State);
    }

    [Fact]
    public async Task A_task_starts_in_its_directory_with_its_input_and_variables()
    {
        using var fixture = new EngineFixture(mountPoint: "/work tree");
        fixture.Submit("free", "input", ("A", "x=y"), ("LANG", "de"), ("A", "last"));
        using FakeProcess process = await fixture.StartedAsync();

        Assert.Equal(fixture.Root.At("free"), process.Spec.WorkingDirectory);
        Assert.Equal(["bash", fixture.Root.At("free/run")], process.Spec.Arguments);
        Assert.Equal(["A=last", "LANG=de", "PATH=/bin", "PV_APP_ROOT=/work tree"], process.Spec.Environment.Order(StringComparer.Ordinal));
        Assert.Equal("input", process.ReadInput());
        Assert.Equal(["stdout", "stderr", "stdout-store", "stderr-store"], process.Spec.Kept.Select(kept => kept.Name));
    }

    [Fact]
    public async Task Without_data_standard_input_is_not_given_so_that_it_is_empty()
    {
        _fixture.Submit("free", "", ("PV_APP_ROOT", "/own"));
        using FakeProcess process = await _fixture.StartedAsync();

        Assert.DoesNotContain(process.Spec.Descriptors, descriptor => descriptor.Target == 0);
        Assert.Contains("PV_APP_ROOT=/own", process.Spec.Environment);
    }

    [Fact]
    public async Task Locks_are_held_until_the_process_has_ended()
    {
        _fixture.Submit("reads");
        FakeProcess reader = await _fixture.StartedAsync();
        Run writes = _fixture.Submit("writes");
        Run late = _fixture.Submit("reads");
        Assert.Equal((RunState.Waiting, RunState.Waiting), (writes.State, late.State));
        Assert.True(_fixture.NothingStarted);

        reader.Exit();
        FakeProcess writer = await _fixture.StartedAsync();
        Assert.Equal(writes.Id.Value, writer.Spec.Label);
        Assert.Equal(RunState.Waiting, late.State);

        writer.Exit();
        FakeProcess last = await _fixture.StartedAsync();
        last.Exit();
        Assert.True((await EngineFixture.ResultOf(late)).Value.Status.Succeeded);
    }

    [Fact]
    public async Task A_run_that_waits_can_be_withdrawn_and_others_go_past_it()
    {
        _fixture.Submit("reads");
        FakeProcess reader = await _fixture.StartedAsync();
        Run writes = _fixture.Submit("writes");
        Run late = _fixture.Submit("reads");

        _fixture.Engine.Withdraw(writes, new Fault(FaultKind.Cancelled, "gone"));

        FakeProcess second = await _fixture.StartedAsync();
        Assert.Equal(late.Id.Value, second.Spec.Label);
        Assert.Equal(FaultKind.Cancelled, (await EngineFixture.ResultOf(writes)).Fault?.Kind);
        reader.Exit();
        second.Exit();
        await _fixture.IdleAsync();
        Assert.Equal(2, _fixture.Init.Spawned.Count);
    }

    [Fact]
    public async Task A_run_that_has_been_started_is_not_withdrawn()
    {
        Run run = _fixture.Submit("writes");
        FakeProcess process = await _fixture.StartedAsync();

        _fixture.Engine.Withdraw(run, new Fault(FaultKind.Cancelled, "gone"));
        process.Exit();

        Assert.True((await EngineFixture.ResultOf(run)).Value.Status.Succeeded);
    }

    [Fact]
    public async Task A_failed_start_gives_the_locks_back_and_names_the_task()
    {
        _fixture.Init.SpawnFault = new Fault(FaultKind.FailedPrecondition, "exec: No such file or directory");
        Run run = _fixture.Submit("writes");

        Fault? fault = (await EngineFixture.ResultOf(run)).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault?.Kind);
        Assert.Contains("'writes'", fault!.Detail, StringComparison.Ordinal);
        await _fixture.IdleAsync();
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task The_exit_is_reported_though_a_descendant_holds_the_output_open()
    {
        using var fixture = new EngineFixture(new ExecOptions { OutputGrace = TimeSpan.FromMilliseconds(1) });
        Run run = fixture.Submit("free");
        using FakeProcess process = await fixture.StartedAsync();
        process.Write("early");
        process.Exit(keepFiles: true);

        Assert.True((await EngineFixture.ResultOf(run)).Value.Status.Succeeded);
        Assert.Equal("early", EngineFixture.Text(run));
        process.Write("late: there is still a reader");
    }

    [Fact]
    public async Task More_runs_than_may_wait_are_refused()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxWaitingRuns = 1, MaxWaitingInputBytes = 4 });
        fixture.Submit("writes");
        FakeProcess writer = await fixture.StartedAsync();
        Assert.Equal(FaultKind.ResourceExhausted, fixture.Try("reads", "12345").Fault?.Kind);
        Run waiting = fixture.Submit("reads", "1234");

        Assert.False(fixture.Try("reads").Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.ResourceExhausted, fault.Kind);
        Assert.Contains("'reads'", fault.Detail, StringComparison.Ordinal);
        fixture.Submit("free");
        (await fixture.StartedAsync()).Exit();

        writer.Exit();
        (await fixture.StartedAsync()).Exit();
        await EngineFixture.ResultOf(waiting);
        await fixture.IdleAsync();
        fixture.Submit("reads", "1234");
        (await fixture.StartedAsync()).Exit();
        await fixture.IdleAsync();
    }

    [Fact]
    public async Task More_runs_than_may_run_are_refused_and_those_that_waited_are_not()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxRunningRuns = 1 });
        fixture.Submit("writes");
        FakeProcess writer = await fixture.StartedAsync();
        Run waiting = fixture.Submit("reads");

        Assert.False(fixture.Try("free").Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.ResourceExhausted, fault.Kind);
        Assert.Contains("'free'", fault.Detail, StringComparison.Ordinal);

        writer.Exit();
        (await fixture.StartedAsync()).Exit();
        await EngineFixture.ResultOf(waiting);
        await fixture.IdleAsync();
        fixture.Submit("free");
        (await fixture.StartedAsync()).Exit();
    }

    [Fact]
    public void Bad_variables_and_unknown_tasks_are_refused_before_anything_is_queued()
    {
        Assert.Equal(FaultKind.InvalidArgument, _fixture.Try("writes", "", ("A=", "")).Fault?.Kind);
        Assert.Equal(FaultKind.NotFound, _fixture.Try("none").Fault?.Kind);
        Assert.Equal(FaultKind.InvalidArgument, _fixture.Try("../x").Fault?.Kind);
        Assert.Empty(_fixture.Engine.Live);
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference SubmitWithInput(string task)
    {
        byte[] input = new byte[100_000];
        _fixture.Engine.Submit(new RunRequest(task, [], input, 0)).Succeeded(out _);
        return new WeakReference(input);
    }
}
