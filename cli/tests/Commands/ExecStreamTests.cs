using System.Text.Json;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;
using PvExec.Linux;

namespace PvExec.Cli.Tests.Commands;

/// <summary>The output of <c>exec -w</c> while the task runs.</summary>
public sealed class ExecStreamTests
{
    [Fact]
    public async Task Output_is_passed_on_while_the_task_runs()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        var seen = new TaskCompletionSource();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("one"));
            await tell(Told.Err("two"));
            await seen.Task;
            await tell(Told.Exited());
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.OutputStream.ReachesAsync(3);
        await ran.ErrorStream.ReachesAsync(3);
        Assert.False(running.IsCompleted);
        seen.SetResult();
        await running;

        Assert.Equal((0, "one", "two"), (ran.Code, ran.Text, ran.Error));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Whom_the_run_waits_for_is_said_to_people_only(bool isTerminal, bool isVerbose)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Queued(new ScopeUser { Scope = "src", Holder = "R9", Reason = "common/build", Holds = true, Writes = true }));
            await tell(Told.Started());
            await tell(Told.Exited());
        };
        var ran = new Ran { Terminal = new FakeTerminal { IsError = isTerminal } };

        await ran.RunAsync(["-p", daemon.Port, "exec", "-w", .. isVerbose ? new[] { "--verbose" } : [], "task"]);

        const string Line = "pv_exec: waits for src (common/build R9 writes it)\n";
        Assert.Equal((isVerbose ? "pv_exec: run R1\n" : "") + (isTerminal || isVerbose ? Line : ""), ran.Error);
        Assert.Empty(ran.Output);
    }

    [Fact]
    public async Task Output_that_is_not_kept_is_said_and_makes_success_a_failure()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("ab"));
            await tell(Told.Gap(2, 100));
            await tell(Told.Out("yz", 102));
            await tell(Told.Gap(104, 11));
            await tell(new RunEvent { Gap = new Gap { Stream = OutputStream.Stderr, Length = 7 } });
            await tell(Told.Exited());
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((1, "abyz"), (ran.Code, ran.Text));
        Assert.Equal("pv_exec: 111 bytes of standard output and 7 bytes of standard error are missing: more was written than is kept before it was read here\n", ran.Error);
    }

    [Fact]
    public async Task A_caller_that_waits_asks_for_every_byte_also_when_it_comes_back_and_one_that_does_not_wait_does_not()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var asked = new List<bool>();
        daemon.Tasks.OnRun = async (request, tell, _) =>
        {
            asked.Add(request.Lossless);
            await tell(Told.Accepted());
            if (request.Lossless)
            {
                await tell(Told.Started());
                throw new RpcException(new Status(StatusCode.Unavailable, "it is gone"));
            }
        };
        daemon.Tasks.OnAttach = async (request, tell, _) =>
        {
            asked.Add(request.Lossless);
            await tell(Told.Exited());
        };

        var ran = new Ran { Patience = TimeSpan.FromMinutes(1) };
        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        Assert.Equal(0, ran.Code);
        Assert.Equal([true, true], asked);
        await ran.RunAsync("-p", daemon.Port, "exec", "task");
        Assert.Equal(0, ran.Code);
        Assert.Equal([true, true, false], asked);
    }

    [Fact]
    public async Task A_write_that_nobody_reads_ends_the_command_and_not_the_run()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", Errno.EPIPE);

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((141, ""), (ran.Code, ran.Error));
        Assert.Equal(OnDisconnect.CancelWaiting, ((RunTaskRequest)daemon.Received.Last!).OnDisconnect);
    }

    [Fact]
    public async Task A_reader_that_goes_away_after_the_first_output_ends_the_command_though_the_task_is_silent()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var left = new TaskCompletionSource();
        daemon.Tasks.OnRun = async (_, tell, gone) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("one"));
            using (gone.Register(left.SetResult))
            {
                await left.Task;
            }
        };
        var ran = new Ran();

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.OutputStream.ReachesAsync(3);
        ran.Unread.SetResult();
        await running;
        await left.Task;

        Assert.Equal((141, "one", ""), (ran.Code, ran.Text, ran.Error));
    }

    [Fact]
    public async Task A_task_without_output_is_waited_for_though_nobody_would_read_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Exited(7));
        };
        var ran = new Ran();
        ran.Unread.SetResult();

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal(7, ran.Code);
    }

    [Fact]
    public async Task Errors_that_nobody_reads_leave_the_exit_code_to_the_task()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        ran.ErrorStream.Failure = new SystemCallException("write(2)", Errno.EPIPE);

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "fails");

        Assert.Equal(7, ran.Code);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_is_a_fault_of_the_system()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", 28);

        await ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal(111, ran.Code);
        Assert.StartsWith("pv_exec: cannot write the output of 'task': write(1): No space left", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "not there", 1)]
    [InlineData(9, "run cannot be started", 1)]
    [InlineData(14, "the system stops", 111)]
    public async Task A_run_that_never_started_says_why(int status, string reason, int code)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.NotRun(status, reason));
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal((code, $"pv_exec: {reason}\n"), (ran.Code, ran.Error));
    }

    [Fact]
    public async Task All_of_a_run_is_one_object_on_one_line_on_request()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("größe\n"));
            await tell(new RunEvent { Output = new Api.V1.Output { Stream = OutputStream.Stderr, Data = Google.Protobuf.ByteString.CopyFrom(0xff) } });
            await tell(new RunEvent { Exited = new Exited { Signaled = new Signaled { Signal = 9 }, Ended = Told.Time, OomKilled = true, StdoutBytes = 8, StderrBytes = 1 } });
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "-json", "task");

        Assert.Equal(137, ran.Code);
        Assert.Single(ran.Text.TrimEnd('\n').Split('\n'));
        JsonElement row = JsonDocument.Parse(ran.Text).RootElement;
        Assert.Equal("R1", row.GetProperty("run").GetString());
        Assert.Equal("ended", row.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("exitCode").ValueKind);
        Assert.Equal(9, row.GetProperty("exitSignal").GetInt32());
        Assert.True(row.GetProperty("oomKilled").GetBoolean());
        Assert.False(row.GetProperty("timedOut").GetBoolean());
        Assert.Equal("größe\n", row.GetProperty("stdout").GetString());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("stderr").ValueKind);
        Assert.Equal("/w==", row.GetProperty("stderrBase64").GetString());
        Assert.Equal(8, row.GetProperty("stdoutBytes").GetInt32());
        Assert.Equal(0, row.GetProperty("elapsedSeconds").GetDouble());
    }

    [Fact]
    public async Task What_the_object_has_no_room_for_is_counted_as_missing()
    {
        const int Sent = 3, Piece = 4 * 1024 * 1024;
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            for (int i = 0; i < Sent; i++)
            {
                await tell(Told.Out(new string('x', Piece), i * Piece));
            }

            await tell(Told.Exited(0));
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "-json", "task");

        JsonElement row = JsonDocument.Parse(ran.Text).RootElement;
        int kept = row.GetProperty("stdout").GetString()!.Length;
        Assert.Equal(10 * 1024 * 1024, kept);
        Assert.Equal((Sent * Piece) - kept, row.GetProperty("missingBytes").GetInt32());
    }
}
