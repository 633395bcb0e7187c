using System.Globalization;
using System.Text.RegularExpressions;
using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class ExecCommandTests
{
    [Theory]
    [InlineData("-w")]
    [InlineData("--w")]
    [InlineData("--wait")]
    [InlineData("-wait")]
    [InlineData("-w=true")]
    [InlineData("--wait=1")]
    [InlineData("-wait=T")]
    public async Task Waiting_prints_the_output_as_it_is(string spelling)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", spelling, "task");

        Assert.Equal("", ran.Error);
        Assert.Equal(0, ran.Code);
        Assert.Equal(FakeTasks.Output, ran.Output);
    }

    [Theory]
    [InlineData("fails", 7)]
    [InlineData("killed", 137)]
    public async Task Waiting_exits_as_the_task_did(string task, int code)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Assert.Equal(code, (await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", task)).Code);
    }

    [Fact]
    public async Task What_a_task_says_on_standard_error_is_said_there()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Assert.Equal("no such file: größe\n", (await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "fails")).Error);
    }

    [Fact]
    public async Task A_word_that_is_not_utf8_is_refused()
    {
        Ran ran = await Ran.CommandAsync("exec", "-w", "common/file_read", "FILEPATH=q\uFFFD");

        Assert.Equal(100, ran.Code);
        Assert.Contains("FILEPATH=q", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-w=false")]
    [InlineData("-w -wait=0")]
    [InlineData("-p=1 -w --w=F")]
    [InlineData("")]
    public async Task Without_waiting_nothing_is_printed_and_the_run_goes_on_alone(string words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(["exec", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-p", daemon.Port, "fails"]);

        Assert.Equal(0, ran.Code);
        Assert.Empty(ran.Output);
        Assert.Empty(ran.Error);
        Assert.Equal(OnDisconnect.GoOn, daemon.Tasks.Asked.Single().OnDisconnect);
    }

    [Fact]
    public async Task Without_waiting_the_id_is_printed_as_JSON_on_request()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "--json", "task");

        Assert.Equal("{\"run\":\"R1\",\"task\":\"task\"}\n", ran.Text);
    }

    [Fact]
    public async Task How_finish_ended_is_told_and_changes_no_exit_code()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Tasks.OnRun = async (_, tell, _) =>
        {
            RunEvent end = Told.Exited();
            end.Exited.Finish = new FinishEnd { Signaled = new Signaled { Signal = 9 }, TimedOut = true };
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(end);
        };

        Ran text = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "task");
        Ran json = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "--json", "task");

        Assert.Equal((0, "pv_exec: finish of 'task' failed: signal 9 (timed out)\n"), (text.Code, text.Error));
        Assert.Contains("\"finish\":{\"exitCode\":null,\"exitSignal\":9,\"timedOut\":true,\"notStarted\":null}", json.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_switch_that_is_neither_true_nor_false_is_named()
    {
        Ran ran = await Ran.CommandAsync("exec", "-w=perhaps", "task");

        Assert.Equal(100, ran.Code);
        Assert.Equal("pv_exec: '-w=perhaps' before TASK: -w is true or false; variables stand behind TASK\n", ran.Error);
    }

    [Fact]
    public async Task A_daemon_from_before_says_that_it_is_older()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(knowsTasks: false);

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "task");

        Assert.Equal(1, ran.Code);
        Assert.Contains("does not know this call; is it older than this program?", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Values_are_taken_as_they_are()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "common/file_read", "FILEPATH=-x", "A=b=c", "EMPTY=", "-x=1", "@f=@g");

        Assert.Equal("", ran.Error);
        RunTaskRequest request = daemon.Tasks.Asked.Single();
        Assert.Equal("common/file_read", request.TaskName);
        Assert.Equal(
            ["-x:1", "@f:@g", "A:b=c", "EMPTY:", "FILEPATH:-x"],
            request.Variables.Select(pair => $"{pair.Key}:{pair.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-w=1", "-p=2", "--wait=3", "-i=", "-host=h", "--help=x", "-start-cmd=y", "--=z")]
    [InlineData("exec=1", "A==", "B=--", "C=\n'\"", "@=")]
    public async Task A_word_behind_the_task_that_holds_an_equals_sign_is_a_variable(params string[] words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(["-p", daemon.Port, "exec", "task", .. words]);

        Assert.Equal("", ran.Error);
        RunTaskRequest request = daemon.Tasks.Asked.Single();
        Assert.Equal(words.Order(StringComparer.Ordinal), request.Variables.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(OnDisconnect.GoOn, request.OnDisconnect);
        Assert.Empty(request.Input);
    }

    [Theory]
    [InlineData("-w", "-i")]
    [InlineData("--wait", "--i")]
    public async Task Waiting_and_input_may_be_asked_for_behind_the_task(string wait, string input)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.WithAsync(["-p", daemon.Port, "exec", "task", wait, "A=1", input, "-w=2"], [7]);

        RunTaskRequest request = daemon.Tasks.Asked.Single();
        Assert.Equal(OnDisconnect.CancelWaiting, request.OnDisconnect);
        Assert.Equal([7], request.Input.ToByteArray());
        Assert.Equal(["-w", "A"], request.Variables.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("exec")]
    [InlineData("process")]
    public async Task A_task_may_have_the_name_of_something_else(string name)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("exec", "-p", daemon.Port, "-w", name, "A=1");

        Assert.Equal("", ran.Error);
        Assert.Equal(name, daemon.Tasks.Asked.Single().TaskName);
    }

    [Theory]
    [InlineData("-i")]
    [InlineData("--i")]
    public async Task Standard_input_is_passed_whole(string spelling)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var input = new byte[1_000_000];
        new Random(1).NextBytes(input);

        await Ran.WithAsync(["-p", daemon.Port, "exec", spelling, "task"], input);

        Assert.True(daemon.Tasks.Asked.Single().Input.Span.SequenceEqual(input));
    }

    [Fact]
    public async Task Too_much_input_is_refused_before_the_call()
    {
        Ran ran = await Ran.WithAsync(["exec", "-i", "task"], new byte[11 * 1024 * 1024]);

        Assert.Equal(100, ran.Code);
        Assert.Contains("10 MiB", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_input_that_is_said_to_be_taken_is_taken_and_no_byte_more()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string[] command = ["-p", daemon.Port, "exec", "-i", "task", "A=1"];

        Ran refused = await Ran.WithAsync(command, new byte[10 * 1024 * 1024]);
        int most = int.Parse(Regex.Match(refused.Error, "larger than ([0-9]+) bytes").Groups[1].Value, CultureInfo.InvariantCulture);
        Ran tooMuch = await Ran.WithAsync(command, new byte[most + 1]);
        Assert.Empty(daemon.Tasks.Asked);
        Ran taken = await Ran.WithAsync(command, new byte[most]);

        Assert.Equal((100, 100), (refused.Code, tooMuch.Code));
        Assert.Equal((0, ""), (taken.Code, taken.Error));
        Assert.Equal(most, daemon.Tasks.Asked.Single().Input.Length);
        Assert.InRange(most, 10_485_000, 10 * 1024 * 1024);
    }

    [Fact]
    public async Task A_word_without_an_equals_sign_is_named()
    {
        Ran ran = await Ran.CommandAsync("exec", "-w", "task", "A=1", "oops");

        Assert.Equal(100, ran.Code);
        Assert.StartsWith("pv_exec: 'oops' is not KEY=VALUE", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_daemon_refuses_is_told_in_one_line()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "missing");

        Assert.Equal(1, ran.Code);
        Assert.Equal("pv_exec: no task 'missing' in any root\n", ran.Error);
    }

    [Fact]
    public async Task A_service_that_is_down_is_a_fault_of_the_system()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Assert.Equal(111, (await Ran.CommandAsync("-p", daemon.Port, "exec", "down")).Code);
    }
}
