using Google.Protobuf;
using Grpc.Core;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>RunInteractive with a pipe, over the service's socket.</summary>
public sealed class InteractiveTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly List<InteractiveCall> _calls = [];

    public async ValueTask InitializeAsync() => await _fixture.Old.ServeAsync();

    public async ValueTask DisposeAsync()
    {
        _calls.ForEach(call => call.Dispose());
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task The_run_reads_the_input_of_the_start_then_what_comes_and_its_end()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free", "one "));
        Assert.Equal(4UL, (await call.NextAsync()).Accepted.InputBytes);
        FakeProcess process = await _fixture.StartedAsync();
        await call.SendAsync("two ");
        process.Write("out");
        await call.UntilOutputAsync("out");
        await call.SendAsync("three");
        await call.SendAsync(new V1.InteractiveRequest { CloseInput = new V1.CloseInput() });

        Assert.Equal("one two three", await ReadAsync(process));
        process.Exit(3);
        Assert.Equal(3, (await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited)).Exited.Code);
        Assert.Equal(StatusCode.OK, (await call.FailureAsync()).StatusCode);
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task The_end_of_the_requests_is_the_end_of_the_input()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        await call.SendAsync("all");
        await call.CompleteAsync();
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal("all", await ReadAsync(process));
        process.Exit();
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }

    [Fact]
    public async Task A_run_that_waits_holds_its_caller_back_and_loses_nothing()
    {
        Run writes = _fixture.Old.Engine.Submit(new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0)).Value;
        FakeProcess writer = await _fixture.StartedAsync();
        InteractiveCall call = await StartAsync(InteractiveCall.Start("reads"));
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Queued);
        string piece = new('x', 100_000);
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await call.SendAsync(piece);
            }

            await call.CompleteAsync();
        });

        Run waiting = _fixture.Old.Engine.Live.Single(run => run.Task == "reads");
        await UntilAsync(waiting, () => waiting.Input!.Length == Interaction.RoomBytes);
        Assert.False(sending.IsCompleted);
        writer.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal(10_000_000, (await ReadAsync(reader)).Length);
        await sending;
        reader.Exit();
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
        Assert.True((await writes.Completion).Value.Status.Succeeded);
    }

    [Fact]
    public async Task A_caller_that_is_gone_has_not_ended_the_input_and_comes_back_with_its_token()
    {
        InteractiveCall lost = await StartAsync(InteractiveCall.Start("free", "one ", token: "mine"));
        FakeProcess process = await _fixture.StartedAsync();
        await lost.SendAsync("two ");
        Run run = Assert.Single(_fixture.Old.Engine.Live);
        await UntilAsync(run, () => run.Input!.Length == 8);
        lost.Dispose();

        InteractiveCall again = await StartAsync(InteractiveCall.Start("free", "one ", token: "mine"));
        V1.Accepted accepted = (await again.NextAsync()).Accepted;
        Assert.Equal((run.Id.Value, true, 8UL), (accepted.RunId, accepted.Attached, accepted.InputBytes));
        await again.SendAsync("three");
        await again.CompleteAsync();
        Assert.Equal("one two three", await ReadAsync(process));
        process.Exit();
        await again.UntilAsync(V1.RunEvent.EventOneofCase.Exited);

        InteractiveCall other = await StartAsync(InteractiveCall.Start("free", "one ", token: "mine", terminal: new V1.Terminal()));
        Assert.Equal(StatusCode.AlreadyExists, (await other.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task A_waiting_run_whose_caller_goes_is_withdrawn()
    {
        _fixture.Old.Engine.Submit(new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0)).Succeeded(out _);
        FakeProcess writer = await _fixture.StartedAsync();
        InteractiveCall call = await StartAsync(InteractiveCall.Start("reads"));
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Queued);
        Run waiting = _fixture.Old.Engine.Live.Single(run => run.Task == "reads");
        call.Dispose();

        Assert.Equal(FaultKind.Cancelled, (await waiting.Completion.WaitAsync(SuccessionFixture.Patience)).Fault?.Kind);
        writer.Exit();
    }

    [Fact]
    public async Task Input_after_the_run_has_closed_its_own_is_dropped_and_the_stream_goes_on()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        FakeProcess process = await _fixture.StartedAsync();
        process.Close(0);
        for (int i = 0; i < 20; i++)
        {
            await call.SendAsync(new string('x', 100_000));
        }

        process.Write("end");
        await call.UntilOutputAsync("end");
        process.Exit();
        Assert.Equal(0, (await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited)).Exited.Code);
    }

    [Fact]
    public async Task A_signal_goes_to_whom_it_is_for()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        FakeProcess process = await _fixture.StartedAsync();
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Started);
        _fixture.Init.OnSignal = (child, _) => process.Exit();
        await call.SendAsync(new V1.InteractiveRequest { Signal = new V1.SendSignal { Signal = 10, Target = V1.SignalTarget.Leader } });
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
        Assert.Equal([(10, SignalScope.Leader)], _fixture.Init.Signals.Select(one => (one.Signal, one.Scope)));
    }

    [Fact]
    public async Task Any_caller_may_come_to_a_run_by_its_id_and_give_it_input()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        string id = (await call.NextAsync()).Accepted.RunId;
        FakeProcess process = await _fixture.StartedAsync();
        InteractiveCall other = await StartAsync(Attach(id));
        Assert.True((await other.NextAsync()).Accepted.Attached);
        await other.SendAsync("from elsewhere");
        await other.CompleteAsync();
        Assert.Equal("from elsewhere", await ReadAsync(process));
        process.Exit();
        await other.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
        await call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }

    [Fact]
    public async Task A_run_that_had_all_its_input_at_once_cannot_be_given_more()
    {
        Run run = _fixture.Old.Engine.Submit(new RunRequest("free", [], ReadOnlyMemory<byte>.Empty, 0)).Value;
        using FakeProcess process = await _fixture.StartedAsync();
        InteractiveCall call = await StartAsync(Attach(run.Id.Value));
        Status status = await call.FailureAsync();
        Assert.Equal(StatusCode.FailedPrecondition, status.StatusCode);
        Assert.Contains(run.Id.Value, status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> WrongRequests => new()
    {
        { """{ "input": "eA==" }""", "the first request is Input" },
        { """{ "start": { } }""", "start has no run" },
        { """{ "start": { "run": { "taskName": "free" }, "attach": { "runId": "x" } } }""", "start names both" },
        { """{ "start": { "attach": { "runId": "x" } } }""", "'x' is no run's id" },
        { """{ "start": { "run": { "taskName": "free" }, "terminal": { "type": "a b" } } }""", "terminal type" },
        { """{ "start": { "run": { "taskName": "free" }, "terminal": { "size": { "columns": 70000 } } } }""", "70000 by 0" },
    };

    [Theory]
    [MemberData(nameof(WrongRequests))]
    public async Task A_wrong_beginning_is_an_error_that_says_what_is_wrong(string request, string says)
    {
        InteractiveCall call = await StartAsync(JsonParser.Default.Parse<V1.InteractiveRequest>(request));
        Status status = await call.FailureAsync();
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains(says, status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> WrongLater => new()
    {
        { """{ "start": { } }""", "second start" },
        { """{ }""", "says nothing that is known" },
        { """{ "resize": { "columns": 1 } }""", "has no terminal" },
        { """{ "signal": { "signal": 65 } }""", "65 is no signal" },
        { """{ "signal": { "signal": 1, "target": 9 } }""", "target is 9" },
    };

    [Theory]
    [MemberData(nameof(WrongLater))]
    public async Task A_wrong_request_breaks_the_call_off_and_the_run_goes_on(string request, string says)
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        using FakeProcess process = await _fixture.StartedAsync();
        await call.SendAsync(JsonParser.Default.Parse<V1.InteractiveRequest>(request));
        Status status = await call.FailureAsync();
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains(says, status.Detail, StringComparison.Ordinal);
        Assert.Equal(RunState.Running, Assert.Single(_fixture.Old.Engine.Live).State);
    }

    [Fact]
    public async Task Input_after_its_end_is_an_error()
    {
        InteractiveCall call = await StartAsync(InteractiveCall.Start("free"));
        using FakeProcess process = await _fixture.StartedAsync();
        await call.SendAsync(new V1.InteractiveRequest { CloseInput = new V1.CloseInput() });
        await call.SendAsync("late");
        Assert.Contains("after close_input", (await call.FailureAsync()).Detail, StringComparison.Ordinal);
    }

    private static V1.InteractiveRequest Attach(string id) =>
        new() { Start = new V1.InteractiveStart { Attach = new V1.AttachRequest { RunId = id } } };

    private static Task<string> ReadAsync(FakeProcess process) => Task.Run(process.ReadInput).WaitAsync(SuccessionFixture.Patience);

    private static async Task UntilAsync(Run run, Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
        }

        Assert.NotNull(run.Input);
    }

    private async Task<InteractiveCall> StartAsync(V1.InteractiveRequest start)
    {
        var call = new InteractiveCall(_fixture.Old.Paths.Grpc(Service.Exec));
        _calls.Add(call);
        await call.SendAsync(start);
        return call;
    }
}
