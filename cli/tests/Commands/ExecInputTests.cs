using System.Text;
using Google.Protobuf;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

/// <summary>Standard input of <c>exec -w -i</c> and <c>-t</c>.</summary>
public sealed class ExecInputTests
{
    [Fact]
    public async Task Input_that_does_not_end_is_passed_on_as_it_comes()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new TypedInput();
        var ran = new Ran { Input = input, InputPatience = TimeSpan.FromMilliseconds(1) };
        daemon.Tasks.OnInteractive = EchoAsync;

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task");
        input.Type("one"u8);
        await ran.OutputStream.ReachesAsync(3);
        input.Type("two"u8);
        await ran.OutputStream.ReachesAsync(6);
        Assert.False(running.IsCompleted);
        input.End();
        await running;

        Assert.Equal((5, "onetwo", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Empty(daemon.Tasks.Asked);
    }

    [Fact]
    public async Task More_input_than_a_message_holds_is_passed_on_while_waiting()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(input);
        var ran = new Ran { Input = new MemoryStream(input) };
        daemon.Tasks.OnInteractive = EchoAsync;

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task");

        Assert.Equal(5, ran.Code);
        Assert.True(input.AsSpan().SequenceEqual(ran.Output));
    }

    [Theory]
    [InlineData(9 * 1024 * 1024, 0)]
    [InlineData(10 * 1024 * 1024 - 32, 0)]
    [InlineData(3 * 1024 * 1024, 8 * 1024 * 1024)]
    public async Task What_does_not_go_with_the_start_is_sent_in_messages_that_are_far_below_what_one_holds(int inputBytes, int variableBytes)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new byte[inputBytes];
        new Random(1).NextBytes(input);
        var ran = new Ran { Input = new MemoryStream(input) };
        int largest = 0;
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            largest = requests.Current.Start.Run.Input.Length;
            await tell(Told.Accepted());
            await tell(Told.Started());
            for (int at = 0; await requests.MoveNext(gone) && requests.Current.RequestCase == InteractiveRequest.RequestOneofCase.Input;)
            {
                largest = Math.Max(largest, requests.Current.CalculateSize());
                await tell(Told.Out(requests.Current.Input, at));
                at += requests.Current.Input.Length;
            }

            await tell(Told.Exited());
        };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task", "A=" + new string('a', variableBytes));

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.True(input.AsSpan().SequenceEqual(ran.Output));
        Assert.InRange(largest, 1, 128 * 1024);
    }

    [Fact]
    public async Task After_a_broken_connection_input_goes_on_where_the_run_counts()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new TypedInput();
        var ran = new Ran { Input = input, InputPatience = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMinutes(1) };
        var starts = new List<InteractiveStart>();
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            starts.Add(requests.Current.Start);
            await tell(Told.Accepted("R1", attached: starts.Count > 1, inputBytes: starts.Count > 1 ? 4 : 0));
            await tell(Told.Started());
            if (starts.Count == 1)
            {
                string atStart = requests.Current.Start.Run.Input.ToStringUtf8();
                string first = atStart + await ReadAsync(requests, 6 - atStart.Length, gone);
                await tell(Told.Out(first));
                await ran.OutputStream.ReachesAsync(6);
                throw new RpcException(new Status(StatusCode.Unavailable, "pv-exec is gone"));
            }

            string rest = await ReadAsync(requests, null, gone);
            await tell(Told.Out(rest, 6));
            await tell(Told.Exited());
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task");
        input.Type("abcdef"u8);
        await ran.OutputStream.ReachesAsync(6);
        input.Type("gh"u8);
        input.End();
        await running;

        // Four bytes had arrived, so the fifth is the next, although six had been sent.
        Assert.Equal((0, "abcdefefgh", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Equal(2, starts.Count);
        Assert.Equal(starts[0].Run.ClientToken, starts[1].Run.ClientToken);
        Assert.Equal(6ul, starts[1].Run.StdoutOffset);
    }

    [Fact]
    public async Task A_daemon_that_has_forgotten_the_run_does_not_run_it_twice()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new TypedInput();
        var ran = new Ran { Input = input, InputPatience = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMinutes(1) };
        int calls = 0;
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            await tell(Told.Accepted($"R{++calls}"));
            await tell(Told.Started());
            if (calls == 1)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "the daemon is gone"));
            }

            await Task.Delay(Timeout.Infinite, gone);
        };

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "-i", "task");

        Assert.Equal((1, "pv_exec: run R1 is known no longer: how it ended is lost\n"), (ran.Code, ran.Error));
        Assert.Equal("R2", await daemon.Tasks.Cancelled.ReadAsync());
    }

    [Fact]
    public async Task A_terminal_is_passed_through_while_the_task_runs_and_given_back()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new TypedInput();
        var terminal = new FakeTerminal { IsInput = true, IsError = true, Size = (100, 30) };
        var ran = new Ran { Input = input, Terminal = terminal, Variables = new() { ["TERM"] = "vt220" } };
        var seen = new TaskCompletionSource<InteractiveStart>();
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            Assert.False(terminal.IsRaw);
            seen.SetResult(requests.Current.Start);
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("$ "));
            int at = 2;
            while (await requests.MoveNext(gone))
            {
                string told = requests.Current.RequestCase == InteractiveRequest.RequestOneofCase.Resize
                    ? $"[{requests.Current.Resize.Columns}x{requests.Current.Resize.Rows}]"
                    : requests.Current.Input.ToStringUtf8();
                await tell(Told.Out(told, at));
                at += told.Length;
                if (told == "\u0003")
                {
                    await tell(Told.Killed(2));
                    return;
                }
            }
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-t", "shell");
        InteractiveStart start = await seen.Task;
        await ran.OutputStream.ReachesAsync("$ [100x30]".Length);
        Assert.True(terminal.IsRaw);
        terminal.Size = (90, 20);
        ran.Signals.Send(CallerSignal.Resized);
        await ran.OutputStream.ReachesAsync("$ [100x30][90x20]".Length);
        input.Type("\u0003"u8);
        await running;

        Assert.Equal((130, "$ [100x30][90x20]\u0003", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Equal(("vt220", 100u, 30u), (start.Terminal.Type, start.Terminal.Size.Columns, start.Terminal.Size.Rows));
        Assert.Equal(OnDisconnect.Cancel, start.Run.OnDisconnect);
        Assert.False(terminal.IsRaw);
        Assert.Equal(1, terminal.TimesRaw);
    }

    [Fact]
    public async Task A_terminal_is_given_back_when_the_run_is_given_up()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var terminal = new FakeTerminal { IsInput = true };
        var ran = new Ran { Input = new TypedInput(), Terminal = terminal };
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            await tell(Told.Accepted());
            // The first output may come before the start is told.
            await tell(Told.Out("$"));
            await Task.Delay(Timeout.Infinite, gone);
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-it", "shell");
        await ran.OutputStream.ReachesAsync(1);
        Assert.True(terminal.IsRaw);
        ran.Signals.Send(CallerSignal.Terminate);
        ran.Signals.Send(CallerSignal.Terminate);
        await running;

        Assert.Equal(143, ran.Code);
        Assert.False(terminal.IsRaw);
    }

    [Fact]
    public async Task A_terminal_that_goes_away_before_the_task_has_it_is_told()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnInteractive = async (requests, tell, gone) =>
        {
            await requests.MoveNext(gone);
            await tell(Told.Accepted());
            await tell(Told.Started());
            await requests.MoveNext(gone);
        };
        var ran = new Ran { Terminal = new FakeTerminal { IsInput = true, IsLost = true }, Input = new TypedInput() };

        await ran.RunAsync("-p", daemon.Port, "exec", "-t", "shell");

        Assert.Equal((111, "pv_exec: 'shell' cannot have the terminal: it was closed"), (ran.Code, ran.Error.TrimEnd()));
    }

    [Fact]
    public async Task Without_a_terminal_there_is_none_to_pass_through()
    {
        Ran ran = await Ran.CommandAsync("exec", "-t", "shell");

        Assert.Equal(100, ran.Code);
        Assert.StartsWith("pv_exec: -t needs a terminal on standard input", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_in_place_of_a_terminals_output_is_refused() =>
        Assert.Equal(100, (await Ran.CommandAsync("exec", "-t", "--json", "shell")).Code);

    private static async Task EchoAsync(IAsyncStreamReader<InteractiveRequest> requests, Func<RunEvent, Task> tell, CancellationToken gone)
    {
        await requests.MoveNext(gone);
        ByteString first = requests.Current.Start.Run.Input;
        await tell(Told.Accepted());
        await tell(Told.Started());
        await tell(Told.Out(first));
        int at = first.Length;
        while (await requests.MoveNext(gone) && requests.Current.RequestCase == InteractiveRequest.RequestOneofCase.Input)
        {
            await tell(Told.Out(requests.Current.Input, at));
            at += requests.Current.Input.Length;
        }

        await tell(Told.Exited(5));
    }

    /// <param name="requests">Pieces of input.</param>
    /// <param name="length">How much to read; null for all.</param>
    /// <param name="gone">The caller is.</param>
    private static async Task<string> ReadAsync(IAsyncStreamReader<InteractiveRequest> requests, int? length, CancellationToken gone)
    {
        var text = new StringBuilder();
        while ((length is null || text.Length < length) && await requests.MoveNext(gone) && requests.Current.RequestCase == InteractiveRequest.RequestOneofCase.Input)
        {
            text.Append(requests.Current.Input.ToStringUtf8());
        }

        return text.ToString();
    }
}
