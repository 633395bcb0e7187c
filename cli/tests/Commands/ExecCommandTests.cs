using PvExec.Cli.Tests.Rig;
using PvExec.Contract;

namespace PvExec.Cli.Tests.Commands;

public sealed class ExecCommandTests
{
    [Theory]
    [InlineData("-w")]
    [InlineData("--w")]
    [InlineData("--wait")]
    public async Task Waiting_prints_the_output_as_it_is(string spelling)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", spelling, "task");

        Assert.Equal("", ran.Error);
        Assert.Equal(0, ran.Code);
        Assert.Equal(FakeExec.Output, ran.Output);
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
    public async Task What_a_failed_task_said_last_is_said_on_standard_error()
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

    [Fact]
    public async Task Without_waiting_nothing_is_printed()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "task");

        Assert.Equal(0, ran.Code);
        Assert.Empty(ran.Output);
        Assert.False(((ExecReq)daemon.Received.Last!).WaitForCompletion);
    }

    [Fact]
    public async Task Values_are_taken_as_they_are()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "exec", "-w", "common/file_read", "FILEPATH=-x", "A=b=c", "EMPTY=", "-x=1", "@f=@g");

        Assert.Equal("", ran.Error);
        var request = (ExecReq)daemon.Received.Last!;
        Assert.Equal("common/file_read", request.TaskName);
        Assert.Equal(
            ["FILEPATH:-x", "A:b=c", "EMPTY:", "-x:1", "@f:@g"],
            request.KeyValues.Select(pair => $"{pair.Key}:{pair.Value}"));
    }

    [Theory]
    [InlineData("-w=1", "-p=2", "--wait=3", "-i=", "-host=h", "--help=x", "-start-cmd=y", "--=z")]
    [InlineData("exec=1", "A==", "B=--", "C=\n'\"", "@=")]
    public async Task A_word_behind_the_task_that_holds_an_equals_sign_is_a_variable(params string[] words)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(["-p", daemon.Port, "exec", "task", .. words]);

        Assert.Equal("", ran.Error);
        var request = (ExecReq)daemon.Received.Last!;
        Assert.Equal(words, request.KeyValues.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.False(request.WaitForCompletion);
        Assert.Empty(request.Data);
    }

    [Theory]
    [InlineData("-w", "-i")]
    [InlineData("--wait", "--i")]
    public async Task Waiting_and_input_may_be_asked_for_behind_the_task(string wait, string input)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.WithAsync(["-p", daemon.Port, "exec", "task", wait, "A=1", input, "-w=2"], [7]);

        var request = (ExecReq)daemon.Received.Last!;
        Assert.True(request.WaitForCompletion);
        Assert.Equal([7], request.Data.ToByteArray());
        Assert.Equal(["A", "-w"], request.KeyValues.Select(pair => pair.Key));
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
        Assert.Equal(name, ((ExecReq)daemon.Received.Last!).TaskName);
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

        Assert.True(((ExecReq)daemon.Received.Last!).Data.Span.SequenceEqual(input));
    }

    [Fact]
    public async Task Too_much_input_is_refused_before_the_call()
    {
        Ran ran = await Ran.WithAsync(["exec", "-i", "task"], new byte[11 * 1024 * 1024]);

        Assert.Equal(100, ran.Code);
        Assert.Contains("10 MiB", ran.Error, StringComparison.Ordinal);
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
