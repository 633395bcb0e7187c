using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Hosting.Succession;

namespace PvExec.Exec.Tests.Succession;

public sealed class HandOverTests : IAsyncLifetime
{
    private const int Callers = 32;
    private const int CallsEach = 20;

    private static readonly string[] s_tasks = ["free", "reads", "writes"];

    private readonly SuccessionFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task What_the_instance_before_has_told_is_not_told_again_and_the_end_is_told_by_the_new_one()
    {
        var context = new TestCallContext(CancellationToken.None);
        Task<ExecResp> call = SuccessionFixture.CallAsync(_fixture.Old, "writes", context);
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync();
        process.Exit();
        await call.WaitAsync(SuccessionFixture.Patience);

        Assert.Equal(["held by writes: writes src", "started writes"], _fixture.Old.Observer.Take());
        Assert.Equal(["ended writes: exit code 0", "freed by writes: writes src"], _fixture.New.Observer.Take());
    }

    [Fact]
    public async Task Under_load_every_call_is_answered_with_its_exit_code_and_every_byte()
    {
        var handedOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var halfWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered = 0;
        using var done = new CancellationTokenSource();
        Task driving = DriveAsync(done.Token);
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < CallsEach; i++)
            {
                (ExecResp answer, TestCallContext call) = await AnswerAsync(s_tasks[(caller + i) % s_tasks.Length], handedOver.Task);
                string run = call.Trailer(ExecGrpc.RunIdTrailer)!;
                Assert.True(answer.Completed);
                Assert.Equal(OutputOf(run), answer.Data.ToStringUtf8());
                Assert.Equal(CodeOf(run).ToString(System.Globalization.CultureInfo.InvariantCulture), call.Trailer(ExecGrpc.ExitCodeTrailer));
                if (Interlocked.Increment(ref answered) == Callers * CallsEach / 2)
                {
                    halfWay.SetResult();
                }
            }
        }))];

        await halfWay.Task.WaitAsync(SuccessionFixture.Patience);
        await _fixture.HandOverAsync();
        handedOver.SetResult();
        await Task.WhenAll(callers).WaitAsync(SuccessionFixture.Patience);
        await done.CancelAsync();
        await driving;

        string[] started = [.. _fixture.Init.Spawned.Select(one => one.Spec.Label)];
        Assert.Equal(Callers * CallsEach, started.Length);
        Assert.Equal(started.Length, started.Distinct().Count());
        ulong[] acknowledged = [.. _fixture.Init.Acknowledged.Select(child => child.Id)];
        Assert.Equal(acknowledged.Length, acknowledged.Distinct().Count());
        Assert.Empty(_fixture.New.Locks.Snapshot());
    }

    [Fact]
    public async Task Runs_that_wait_keep_their_order_and_nothing_goes_past_what_runs()
    {
        Run first = Submit(_fixture.Old, "writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run[] waiting = [.. Enumerable.Range(0, 40).Select(_ => Submit(_fixture.Old, "writes"))];
        await _fixture.HandOverAsync();
        Run late = Submit(_fixture.New, "writes");
        Assert.Equal(0, _fixture.Started.Count);

        writer.Exit();
        foreach (Run run in waiting.Append(late))
        {
            FakeProcess next = await _fixture.StartedAsync();
            Assert.Equal(run.Id.Value, next.Spec.Label);
            Assert.Equal(0, _fixture.Started.Count);
            next.Exit();
        }

        Assert.NotNull(_fixture.New.Engine.Find(first.Id));
    }

    [Fact]
    public async Task A_start_that_is_under_way_is_awaited_and_its_run_goes_on_in_the_next_instance()
    {
        var starting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Init.OnSpawn = ((Action<Hosting.Init.Child, Hosting.Init.SpawnSpec>)((_, _) =>
        {
            starting.SetResult();
            start.Task.Wait(SuccessionFixture.Patience);
        })) + _fixture.Init.OnSpawn;
        Task<Run> submitting = Task.Run(() => Submit(_fixture.Old, "writes"));
        await starting.Task.WaitAsync(SuccessionFixture.Patience);

        Task handingOver = _fixture.HandOverAsync();
        Assert.False(handingOver.IsCompleted);
        start.SetResult();
        await handingOver.WaitAsync(SuccessionFixture.Patience);

        Run there = Assert.Single(_fixture.New.Engine.Live);
        Assert.Equal((await submitting).Id, there.Id);
        Assert.Equal(RunState.Running, there.State);
    }

    [Fact]
    public async Task A_run_that_ends_while_nobody_decides_is_ended_once_by_the_next_instance()
    {
        var call = new TestCallContext(CancellationToken.None);
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "writes", call);
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("all");
        await _fixture.HandOverAsync(() => process.Exit(9));

        Assert.Equal("all", (await answer.WaitAsync(SuccessionFixture.Patience)).Data.ToStringUtf8());
        Assert.Equal("9", call.Trailer(ExecGrpc.ExitCodeTrailer));
        Assert.Empty(_fixture.Old.Engine.Ended);
        Assert.Equal(call.Trailer(ExecGrpc.RunIdTrailer), Assert.Single(_fixture.New.Engine.Ended).Id.Value);
        Assert.Empty(_fixture.Init.Acknowledged);
    }

    [Fact]
    public async Task Nothing_is_decided_any_more_once_it_is_handed_over()
    {
        Run running = Submit(_fixture.Old, "writes");
        FakeProcess process = await _fixture.StartedAsync();
        Run waiting = Submit(_fixture.Old, "reads");
        await _fixture.HandOverAsync();

        Assert.Throws<HandedOverException>(() => Submit(_fixture.Old, "free"));
        Assert.False(_fixture.Old.Engine.Withdraw(waiting, new Kernel.Fault(Kernel.FaultKind.Cancelled, "gone")));
        process.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal(waiting.Id.Value, reader.Spec.Label);
        Assert.Equal((RunState.Running, RunState.Waiting), (running.State, waiting.State));
        reader.Exit();
    }

    [Fact]
    public async Task A_task_that_is_gone_when_the_next_instance_looks_is_an_error_that_names_it()
    {
        Submit(_fixture.Old, "writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "reads", new TestCallContext(CancellationToken.None));
        await _fixture.HandOverAsync(() => _fixture.RemoveTask("reads"));

        Grpc.Core.RpcException e = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => answer.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(Grpc.Core.StatusCode.NotFound, e.StatusCode);
        Assert.Contains("'reads'", e.Status.Detail, StringComparison.Ordinal);
        writer.Exit();
    }

    private static Run Submit(Instance instance, string task) =>
        instance.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)).Value;

    private static string OutputOf(string run) => string.Concat(Enumerable.Repeat(run, 300));

    private static int CodeOf(string run) => run[^1] % 7;

    /// <summary>As a caller's gRPC library does: a call that was refused untouched is repeated at the next instance.</summary>
    private async Task<(ExecResp Answer, TestCallContext Call)> AnswerAsync(string task, Task handedOver)
    {
        var call = new TestCallContext(CancellationToken.None);
        try
        {
            return (await SuccessionFixture.CallAsync(handedOver.IsCompleted ? _fixture.New : _fixture.Old, task, call), call);
        }
        catch (HandedOverException)
        {
            await handedOver;
            call = new TestCallContext(CancellationToken.None);
            return (await SuccessionFixture.CallAsync(_fixture.New, task, call), call);
        }
    }

    /// <summary>Lets every process write in several steps, and end.</summary>
    private async Task DriveAsync(CancellationToken done)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                FakeProcess process = await _fixture.Started.ReadAsync(done);
                running.Add(Task.Run(async () =>
                {
                    string output = OutputOf(process.Spec.Label);
                    for (int at = 0; at < output.Length; at += 1000)
                    {
                        process.Write(output.Substring(at, Math.Min(1000, output.Length - at)));
                        await Task.Yield();
                    }

                    process.Exit(CodeOf(process.Spec.Label));
                }, CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }
}
