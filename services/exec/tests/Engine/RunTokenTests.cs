using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunTokenTests
{
    [Fact]
    public async Task Many_requests_at_once_with_one_token_start_one_run()
    {
        using var fixture = new EngineFixture();
        using var together = new Barrier(16);
        AcceptedRun[] accepted = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return Accept(fixture, "free", "t").Value;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(accepted, one => !one.IsAttached);
        Assert.Single(accepted.Select(one => one.Run).Distinct());
        (await fixture.StartedAsync()).Exit();
        await fixture.IdleAsync();
        Assert.Single(fixture.Init.Spawned);
    }

    [Theory]
    [InlineData("reads", "")]
    [InlineData("free", "input")]
    public async Task Another_request_with_the_token_is_refused_with_its_name_and_that_of_the_run(string task, string input)
    {
        using var fixture = new EngineFixture();
        Run run = Accept(fixture, "free", "build-7").Value.Run;
        using FakeProcess process = await fixture.StartedAsync();

        Fault fault = Accept(fixture, task, "build-7", input).Fault!;

        Assert.Equal(FaultKind.AlreadyExists, fault.Kind);
        Assert.Contains("'build-7'", fault.Detail, StringComparison.Ordinal);
        Assert.Contains(run.Id.Value, fault.Detail, StringComparison.Ordinal);
        Assert.Single(fixture.Init.Spawned);
    }

    [Fact]
    public async Task A_token_stands_for_its_run_until_that_leaves_the_history()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 1 });
        Run first = await RunAsync(fixture, "free", "t");
        Assert.Equal(new AcceptedRun(first, IsAttached: true), Accept(fixture, "free", "t").Value);
        first.Output.Release();

        await RunAsync(fixture, "free", "another");
        Run second = await RunAsync(fixture, "free", "t");
        Assert.NotEqual(first.Id, second.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callers_that_do_not_come_from_the_instance_before_count_for_five_seconds(bool comes)
    {
        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        var signals = System.Threading.Channels.Channel.CreateUnbounded<int>();
        fixture.Init.OnSignal = (_, signal) => signals.Writer.TryWrite(signal);
        Run run = fixture.Submit("free");
        using FakeProcess process = await fixture.StartedAsync();
        while (run.State != RunState.Running)
        {
            await Task.Yield();
        }

        fixture.Engine.Restore(new CalledRun(run.Id, ["one", "two"]));
        var one = new RunCaller("one", OnDisconnect.Cancel);
        var two = new RunCaller("two", OnDisconnect.Cancel);
        fixture.Engine.Join(run, one);
        if (comes)
        {
            fixture.Engine.Join(run, two);
        }

        Assert.True(await fixture.Engine.LeaveAsync(run, one, Task.CompletedTask));
        clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Empty(fixture.Init.Signals);
        clock.Advance(TimeSpan.FromTicks(1));
        if (comes)
        {
            Assert.Equal(["two"], Assert.Single(fixture.Engine.Called()).Callers);
            Assert.Empty(fixture.Init.Signals);
        }
        else
        {
            Assert.Empty(fixture.Engine.Called());
            Assert.Equal(15, await signals.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience));
        }

        process.Exit();
        await EngineFixture.ResultOf(run);
    }

    [Fact]
    public async Task A_token_of_a_run_that_was_withdrawn_is_free()
    {
        using var fixture = new EngineFixture();
        Run writes = fixture.Submit("writes");
        FakeProcess writer = await fixture.StartedAsync();
        Run first = Accept(fixture, "reads", "t").Value.Run;
        Assert.True(fixture.Engine.Withdraw(first, new Fault(FaultKind.Cancelled, "test")));

        AcceptedRun second = Accept(fixture, "writes", "t").Value;
        Assert.False(second.IsAttached);
        writer.Exit();
        await EngineFixture.ResultOf(writes);
        (await fixture.StartedAsync()).Exit();
        Assert.True((await EngineFixture.ResultOf(second.Run)).Value.Status.Succeeded);
    }

    [Fact]
    public async Task When_no_more_may_wait_a_request_is_refused_and_one_with_the_token_of_a_run_that_waits_is_not()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxWaitingRuns = 1 });
        fixture.Submit("writes");
        using FakeProcess writer = await fixture.StartedAsync();
        Run waiting = Accept(fixture, "reads", "t").Value.Run;

        Assert.Equal(FaultKind.ResourceExhausted, Accept(fixture, "reads", "").Fault!.Kind);
        Fault fault = Accept(fixture, "reads", "u").Fault!;
        Assert.Equal(FaultKind.ResourceExhausted, fault.Kind);
        Assert.Contains("'reads'", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(new AcceptedRun(waiting, IsAttached: true), Accept(fixture, "reads", "t").Value);
    }

    [Fact]
    public async Task A_run_that_could_not_be_started_is_what_its_token_stands_for()
    {
        using var fixture = new EngineFixture();
        fixture.Init.SpawnFault = new Fault(FaultKind.FailedPrecondition, "exec: no such file");
        Run failed = Accept(fixture, "free", "t").Value.Run;
        await EngineFixture.ResultOf(failed);

        Assert.Equal(new AcceptedRun(failed, IsAttached: true), Accept(fixture, "free", "t").Value);
    }

    private static async Task<Run> RunAsync(EngineFixture fixture, string task, string token)
    {
        AcceptedRun accepted = Accept(fixture, task, token).Value;
        Assert.False(accepted.IsAttached);
        accepted.Run.Output.Release();
        (await fixture.StartedAsync()).Exit();
        await fixture.IdleAsync();
        return accepted.Run;
    }

    private static Outcome<AcceptedRun> Accept(EngineFixture fixture, string task, string token, string input = "")
    {
        var request = new RunRequest(task, [], System.Text.Encoding.UTF8.GetBytes(input), 0);
        return fixture.Engine.Accept(request with { Token = ClientToken.Of(token, request).Value }, RunCaller.New(OnDisconnect.GoOn));
    }
}
