using System.Text.Json;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;
using PvExec.Linux;

namespace PvExec.Cli.Tests.Commands;

public sealed class RunsCommandTests
{
    private static readonly StandingClock s_clock = new(DateTimeOffset.UnixEpoch.AddSeconds(125));

    [Fact]
    public async Task Runs_are_listed_in_a_table()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        var ran = new Ran { Clock = s_clock };
        await ran.RunAsync("-p", daemon.Port, "runs");

        Assert.Equal("", ran.Error);
        Assert.Equal(
            """
            RUN  TASK          STATE    SINCE                 FOR    EXIT                   WAITS FOR
            R1   common/build  ended    1970-01-01 00:01:00Z  1m 0s  0                      -
            R2   common/build  ended    1970-01-01 00:01:00Z  1m 0s  signal 9 (timed out)   -
            R3   common/build  not run  1970-01-01 00:00:00Z  -      cannot\x1B be started  -
            R4   common/build  running  1970-01-01 00:01:00Z  1m 5s  -                      -
            R5   common/build  waiting  1970-01-01 00:00:00Z  2m 5s  -                      src (common/build R4 writes it, for 1m 5s)

            """,
            ran.Text);
    }

    [Fact]
    public async Task Runs_are_chosen_by_task_and_state()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.CommandAsync("-p", daemon.Port, "runs", "-task", "x", "-task", "common/build", "--live");

        Assert.Equal(new ListRunsRequest { TaskName = "common/build", LiveOnly = true }, daemon.Received.Last);
    }

    [Fact]
    public async Task A_run_is_shown_with_all_that_is_known()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "show", "R2");
        Ran json = await Ran.CommandAsync("-p", daemon.Port, "runs", "show", "R5", "--json");
        Ran none = await Ran.CommandAsync("-p", daemon.Port, "runs", "show", "R9");

        Assert.Contains("exit       signal 9 (timed out)\nfinish     3\n", ran.Text, StringComparison.Ordinal);
        Assert.Equal("R4", JsonDocument.Parse(json.Text).RootElement.GetProperty("waitsFor")[0].GetProperty("holder").GetString());
        Assert.Equal((1, "", "pv_exec: there is no run R9\n"), (none.Code, none.Text, none.Error));
    }

    [Theory]
    [InlineData("R1")]
    [InlineData("R4")]
    public async Task Logs_end_with_what_is_there_unless_they_are_followed(string id)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnAttach = async (_, tell, gone) =>
        {
            await tell(Told.Started());
            await tell(Told.Out("abc"));
            await Task.Delay(Timeout.Infinite, gone);
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "logs", id);

        Assert.Equal((0, "abc", ""), (ran.Code, ran.Text, ran.Error));
    }

    [Theory]
    [InlineData("--follow")]
    [InlineData("-f")]
    public async Task Logs_are_followed_to_the_end_of_the_run(string follow)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnAttach = async (_, tell, _) =>
        {
            await tell(Told.Started());
            await tell(Told.Out("abc"));
            await tell(Told.Err("x"));
            await tell(Told.Out("def", 3));
            await tell(Told.Exited(7));
        };

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "logs", "R4", follow);

        Assert.Equal((0, "abcdef", "x"), (ran.Code, ran.Text, ran.Error));
    }

    [Fact]
    public async Task Logs_that_nobody_reads_end()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnAttach = async (_, tell, gone) =>
        {
            await tell(Told.Out("abc"));
            await Task.Delay(Timeout.Infinite, gone);
        };
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", Errno.EPIPE);

        await ran.RunAsync("-p", daemon.Port, "runs", "logs", "-follow", "R4");

        Assert.Equal((141, ""), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("runs --follow")]
    [InlineData("runs logs --follow R4")]
    public async Task What_goes_on_ends_when_nobody_reads_though_nothing_happens(string words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnWatch = (_, gone) => Task.Delay(Timeout.Infinite, gone);
        daemon.Tasks.OnAttach = (_, _, gone) => Task.Delay(Timeout.Infinite, gone);
        var ran = new Ran();
        ran.Unread.SetResult();

        await ran.RunAsync(["-p", daemon.Port, .. words.Split(' ')]);

        Assert.Equal((141, ""), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("runs --follow")]
    [InlineData("runs")]
    [InlineData("runs show R1")]
    [InlineData("--help")]
    public async Task A_list_that_nobody_reads_ends_without_a_word(string words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnWatch = async (tell, gone) =>
        {
            await tell(new RunsChanged { Runs = { FakeTasks.New("R1", RunState.Waiting, _ => { }) } });
            await Task.Delay(Timeout.Infinite, gone);
        };
        var ran = new Ran();
        ran.OutputStream.Failure = new SystemCallException("write(1)", Errno.EPIPE);

        await ran.RunAsync(["-p", daemon.Port, .. words.Split(' ')]);

        Assert.Equal((141, ""), (ran.Code, ran.Error));
    }

    [Fact]
    public async Task A_run_is_cancelled_by_its_id()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "cancel", "R4");

        Assert.Equal((0, "", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Equal("R4", await daemon.Tasks.Cancelled.ReadAsync());
    }

    [Theory]
    [InlineData("R1", "run R1 had ended already, at 1970-01-01 00:01:00Z: exit code 0")]
    [InlineData("R2", "run R2 had ended already, at 1970-01-01 00:01:00Z: signal 9 (timed out)")]
    [InlineData("R3", "run R3 was not run: cannot\\x1B be started")]
    public async Task A_run_that_had_ended_before_it_was_cancelled_is_no_error_and_how_it_ended_is_said(string id, string said)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "cancel", id);

        Assert.Equal((0, "", $"pv_exec: {said}\n"), (ran.Code, ran.Text, ran.Error));
    }

    [Fact]
    public async Task The_help_of_logs_lists_no_option_that_it_refuses()
    {
        Assert.DoesNotContain("print JSON", (await Ran.CommandAsync("runs", "logs", "--help")).Text, StringComparison.Ordinal);
        Assert.Contains("print JSON", (await Ran.CommandAsync("runs", "show", "--help")).Text, StringComparison.Ordinal);
        Assert.Equal(100, (await Ran.CommandAsync("runs", "logs", "--json", "R1")).Code);
    }

    [Theory]
    [InlineData("HUP", "", 1, SignalTarget.Tree)]
    [InlineData("SIGTERM", "--target leader", 15, SignalTarget.Leader)]
    [InlineData("usr1", "-target group", 10, SignalTarget.Group)]
    [InlineData("37", "--target=tree", 37, SignalTarget.Tree)]
    public async Task A_signal_is_sent_by_name_or_number(string signal, string more, int number, SignalTarget target)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(["-p", daemon.Port, "runs", "signal", "R4", signal, .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(new SignalRequest { RunId = "R4", Signal = number, Target = target }, daemon.Received.Last);
    }

    [Theory]
    [InlineData("runs signal R4 FOO", 100, "'FOO' is no signal")]
    [InlineData("runs signal R4 0", 100, "'0' is no signal")]
    [InlineData("runs signal R4 TERM --target all", 100, "--target 'all' is none of leader, group, tree")]
    [InlineData("runs signal R1 TERM", 1, "run R1 has ended")]
    public async Task A_signal_that_cannot_be_sent_is_one_line(string words, int code, string reason)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(["-p", daemon.Port, .. words.Split(' ')]);

        Assert.Equal(code, ran.Code);
        Assert.StartsWith($"pv_exec: {reason}", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Runs_are_listed_as_JSON()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "--json");

        JsonElement runs = JsonDocument.Parse(ran.Text).RootElement;
        Assert.Equal("common/build", runs[0].GetProperty("task").GetString());
        Assert.Equal(0, runs[0].GetProperty("exitCode").GetInt32());
        Assert.Equal(9, runs[1].GetProperty("exitSignal").GetInt32());
        Assert.Equal("running", runs[3].GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, runs[3].GetProperty("exitCode").ValueKind);
        Assert.Equal(3, runs[1].GetProperty("finish").GetProperty("exitCode").GetInt32());
        Assert.Equal(JsonValueKind.Null, runs[0].GetProperty("finish").ValueKind);
    }
}
