using Google.Protobuf;
using Grpc.Core;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Terminals;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>RunInteractive on a terminal, over the service's socket. The processes are this one.</summary>
public sealed class InteractiveTerminalTests : IAsyncLifetime
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
    public async Task The_three_descriptors_are_a_terminal_that_controls_the_session_and_has_type_and_size()
    {
        using FakeProcess process = await StartAsync(new V1.Terminal { Type = "vt100", Size = Size(132, 43) });
        Assert.Equal([0, 1, 2], process.Spec.Descriptors.Select(one => one.Target));
        Assert.Equal((0, ProcessGrouping.NewSession), (process.Spec.ControllingTerminal, process.Spec.Grouping));
        Assert.Contains("TERM=vt100", process.Spec.Environment);
        Assert.Equal(new TerminalSize(132, 43), TerminalSize.Of(process.Handle(0)));
        await _call.SendAsync(new V1.InteractiveRequest { Resize = Size(7, 9) });
        await _call.SendAsync("\n");
        Assert.Equal("\n", await ReadAsync(process));
        Assert.Equal(new TerminalSize(7, 9), TerminalSize.Of(process.Handle(2)));
    }

    [Fact]
    public async Task What_is_not_said_of_a_terminal_is_as_usual()
    {
        using FakeProcess process = await StartAsync(new V1.Terminal());
        Assert.Contains("TERM=xterm-256color", process.Spec.Environment);
        Assert.Equal(new TerminalSize(80, 24), TerminalSize.Of(process.Handle(1)));
    }

    [Fact]
    public async Task All_that_is_shown_is_one_stream_which_ends_when_nobody_has_the_terminal_any_more()
    {
        FakeProcess process = await StartAsync(new V1.Terminal());
        process.Write("out\n");
        process.Write("err", descriptor: 2);
        await _call.UntilOutputAsync("out\r\nerr");
        await _call.SendAsync("typed\n");
        Assert.Equal("typed\n", await ReadAsync(process));
        await _call.UntilOutputAsync("typed\r\n");
        process.Exit(2);
        V1.Exited exited = (await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited)).Exited;
        Assert.Equal((2, (ulong)"out\r\nerrtyped\r\n".Length, 0UL, false), (exited.Code, exited.StdoutBytes, exited.StderrBytes, exited.OutputLeftOpen));
    }

    [Fact]
    public async Task The_end_of_the_input_is_typed_as_the_end_of_file_character_after_which_more_may_come()
    {
        using FakeProcess process = await StartAsync(new V1.Terminal());
        await _call.SendAsync("last");
        await _call.SendAsync(new V1.InteractiveRequest { CloseInput = new V1.CloseInput() });
        Assert.Equal("last", await ReadAsync(process));
        await _call.SendAsync(new V1.InteractiveRequest { CloseInput = new V1.CloseInput() });
        Assert.Equal("", await ReadAsync(process));
        await _call.SendAsync("more\n");
        Assert.Equal("more\n", await ReadAsync(process));
    }

    [Fact]
    public async Task Much_that_is_typed_comes_whole_to_a_terminal_that_passes_everything_through()
    {
        using FakeProcess process = await StartAsync(new V1.Terminal());
        RawTerminal.Set(process.Handle(0));
        byte[] bytes = new byte[2_000_000];
        new Random(3).NextBytes(bytes);
        Task<byte[]> reading = Task.Run(() => process.ReadExactly(bytes.Length));
        for (int at = 0; at < bytes.Length; at += 50_000)
        {
            await _call.SendAsync(new V1.InteractiveRequest { Input = ByteString.CopyFrom(bytes, at, 50_000) });
        }

        Assert.Equal(bytes, await reading.WaitAsync(SuccessionFixture.Patience));
    }

    [Fact]
    public async Task Neither_what_is_typed_nor_what_is_shown_is_lost_or_doubled_at_the_next_instance()
    {
        FakeProcess process = await StartAsync(new V1.Terminal());
        RawTerminal.Set(process.Handle(0));
        string shown = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i};"));
        string typed = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},"));
        Task writing = Task.Run(() => process.Write(shown));
        Task<byte[]> reading = Task.Run(() => process.ReadExactly(typed.Length));
        Task sending = Task.Run(async () =>
        {
            for (int at = 0; at < typed.Length; at += 1000)
            {
                await _call.SendAsync(typed.Substring(at, Math.Min(1000, typed.Length - at)));
            }
        });
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Output);
        await _fixture.HandOverAsync();

        await Task.WhenAll(writing, sending, reading).WaitAsync(SuccessionFixture.Patience);
        Assert.Equal(typed, System.Text.Encoding.ASCII.GetString(await reading));
        await _call.SendAsync(new V1.InteractiveRequest { Resize = Size(5, 6) });
        await _call.SendAsync("!");
        Assert.Equal("!", await ReadAsync(process));
        Assert.Equal(new TerminalSize(5, 6), TerminalSize.Of(process.Handle(0)));
        process.Exit();
        await _call.UntilAsync(V1.RunEvent.EventOneofCase.Exited);
        Assert.Equal(shown, _call.Output.ToString());
    }

    [Fact]
    public async Task A_task_with_a_filter_cannot_have_a_terminal()
    {
        _fixture.AddTask("filtered", log: true);
        await _call.SendAsync(InteractiveCall.Start("filtered", terminal: new V1.Terminal()));
        Status status = await _call.FailureAsync();
        Assert.Equal(StatusCode.FailedPrecondition, status.StatusCode);
        Assert.Contains("filter 'log'", status.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Init.Spawned);
    }

    private static V1.WindowSize Size(uint columns, uint rows) => new() { Columns = columns, Rows = rows };

    private static Task<string> ReadAsync(FakeProcess process) => Task.Run(process.ReadSome).WaitAsync(SuccessionFixture.Patience);

    private async Task<FakeProcess> StartAsync(V1.Terminal terminal)
    {
        await _call.SendAsync(InteractiveCall.Start("free", terminal: terminal));
        return await _fixture.StartedAsync();
    }
}
