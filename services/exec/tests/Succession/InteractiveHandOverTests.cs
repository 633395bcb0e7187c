using System.Text;
using Grpc.Core;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;
using PvExec.Linux.Terminals;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Succession;

/// <summary>Calls of RunInteractive that an instance still holds when another one has taken its place.</summary>
public sealed class InteractiveHandOverTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private InteractiveCall _call = null!;

    public async ValueTask InitializeAsync()
    {
        await _fixture.Old.ServeAsync();
        _call = new InteractiveCall(_fixture.Old.Paths.Grpc(Service.Exec));
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Input_that_streams_comes_whole_and_once_and_so_does_its_end()
    {
        await _call.SendAsync(InteractiveCall.Start("free", "first "));
        FakeProcess process = await _fixture.StartedAsync();
        var halfWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var expected = new StringBuilder("first ");
        Task<string> reading = Task.Run(process.ReadInput);
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                string piece = string.Concat(Enumerable.Range(i * 3000, 3000).Select(number => $"{number} "));
                expected.Append(piece);
                await _call.SendAsync(piece);
                if (i == 150)
                {
                    halfWay.SetResult();
                }
            }

            await _call.CompleteAsync();
        });

        await halfWay.Task.WaitAsync(SuccessionFixture.Patience);
        await _fixture.HandOverAsync();
        await sending.WaitAsync(SuccessionFixture.Patience);
        Assert.Equal(expected.ToString(), await reading.WaitAsync(SuccessionFixture.Patience));
        process.Write("read all");
        process.Exit(6);
        Assert.Equal(6, (await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited)).Exited.Code);
        Assert.Equal("read all", _call.Output.ToString());
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task An_end_that_was_told_before_is_seen_though_the_run_had_not_read_what_comes_before_it()
    {
        string all = new('x', 200_000);
        await _call.SendAsync(InteractiveCall.Start("free", all));
        FakeProcess process = await _fixture.StartedAsync();
        await _call.CompleteAsync();
        Run run = Assert.Single(_fixture.Old.Engine.Live);
        while (!run.Input!.IsClosed)
        {
            await Task.Yield();
        }

        await _fixture.HandOverAsync();
        Assert.Equal(all, await Task.Run(process.ReadInput).WaitAsync(SuccessionFixture.Patience));
        process.Exit();
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }

    [Fact]
    public async Task A_run_that_waits_takes_its_input_along_and_goes_on_taking_more()
    {
        _fixture.Old.Engine.Submit(new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0)).Succeeded(out _);
        FakeProcess writer = await _fixture.StartedAsync();
        await _call.SendAsync(InteractiveCall.Start("reads", "one "));
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Queued);
        await _call.SendAsync("two ");
        Run before = _fixture.Old.Engine.Live.Single(run => run.Task == "reads");
        while (before.Input!.Length < 8)
        {
            await Task.Yield();
        }

        await _fixture.HandOverAsync();
        Run after = _fixture.New.Engine.Live.Single(run => run.Task == "reads");
        Assert.Equal((before.Id, 8L, false), (after.Id, after.Input!.Length, after.Input.IsClosed));
        await _call.SendAsync("three");
        await _call.CompleteAsync();
        while (!after.Input.IsClosed)
        {
            await Task.Yield();
        }

        writer.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal("one two three", await Task.Run(reader.ReadInput).WaitAsync(SuccessionFixture.Patience));
        reader.Exit();
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_terminal_gets_it_with_the_size_that_was_told_last()
    {
        _fixture.Old.Engine.Submit(new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0)).Succeeded(out _);
        FakeProcess writer = await _fixture.StartedAsync();
        await _call.SendAsync(InteractiveCall.Start("reads", terminal: new V1.Terminal { Type = "vt100" }));
        await _call.SendAsync(new V1.InteractiveRequest { Resize = new V1.WindowSize { Columns = 11, Rows = 12 } });
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Queued);
        Run before = _fixture.Old.Engine.Live.Single(run => run.Task == "reads");
        while (before.Input!.Terminal != new TerminalSettings("vt100", 11, 12))
        {
            await Task.Yield();
        }

        await _fixture.HandOverAsync();
        writer.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Contains("TERM=vt100", reader.Spec.Environment);
        Assert.Equal(new TerminalSize(11, 12), TerminalSize.Of(reader.Handle(0)));
        reader.Exit();
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }

    [Fact]
    public async Task Who_comes_back_with_the_token_of_a_run_that_the_next_instance_could_not_start_is_told_why()
    {
        _fixture.Old.Engine.Submit(new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0)).Succeeded(out _);
        using FakeProcess writer = await _fixture.StartedAsync();
        await _call.SendAsync(InteractiveCall.Start("reads", token: "mine"));
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Queued);
        await _fixture.HandOverAsync(() => _fixture.RemoveTask("reads"));
        V1.NotRun told = (await _call.UntilAsync(V1.RunEvent.EventOneofCase.NotRun)).NotRun;

        using var again = new InteractiveCall(_fixture.New.Paths.Grpc(Service.Exec));
        await again.SendAsync(InteractiveCall.Start("reads", token: "mine"));
        Assert.True((await again.NextAsync()).Accepted.Attached);
        Assert.Equal(told, (await again.NextAsync()).NotRun);
    }

    [Fact]
    public async Task A_signal_goes_on_to_the_next_instance()
    {
        await _call.SendAsync(InteractiveCall.Start("free"));
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync();
        _fixture.Init.OnSignal = (_, _) => process.Exit();
        await _call.SendAsync(new V1.InteractiveRequest { Signal = new V1.SendSignal { Signal = 12 } });
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
        Assert.Equal(12, Assert.Single(_fixture.Init.Signals).Signal);
    }

    [Fact]
    public async Task When_the_next_instance_is_killed_the_caller_is_told_and_comes_back_with_its_token()
    {
        await _call.SendAsync(InteractiveCall.Start("free", token: "mine"));
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync();
        await _call.SendAsync("one ");
        Run run = Assert.Single(_fixture.New.Engine.Live);
        while (run.Input!.Length < 4)
        {
            await Task.Yield();
        }

        await _fixture.New.StopServingAsync();
        Status status = await _call.FailureAsync();
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains("client_token", status.Detail, StringComparison.Ordinal);

        await _fixture.New.ServeAsync();
        using var again = new InteractiveCall(_fixture.New.Paths.Grpc(Service.Exec));
        await again.SendAsync(InteractiveCall.Start("free", token: "mine"));
        Assert.Equal(4UL, (await again.NextAsync()).Accepted.InputBytes);
        await again.SendAsync("two");
        await again.CompleteAsync();
        Assert.Equal("one two", await Task.Run(process.ReadInput).WaitAsync(SuccessionFixture.Patience));
        process.Exit();
        await again.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
    }
}
