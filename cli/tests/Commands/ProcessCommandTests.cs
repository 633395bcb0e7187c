using PvExec.Cli.Tests.Rig;
using PvExec.Contract;

namespace PvExec.Cli.Tests.Commands;

public sealed class ProcessCommandTests
{
    [Theory]
    [InlineData("-")]
    [InlineData("--")]
    public async Task Enable_passes_the_whole_specification(string dashes)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(
            "-p", daemon.Port, "process", dashes + "start-cmd", "node 'my server.js' -p 1", dashes + "run-path", "app",
            dashes + "listening-port", "8080", dashes + "env", "A=b=c", dashes + "env", "D=", "web", "enable");

        Assert.Equal("", ran.Error);
        var request = (ConfigureProcessReq)daemon.Received.Last!;
        Assert.Equal("web", request.ProcessName);
        Assert.Equal(["node", "my server.js", "-p", "1"], request.StartCmd);
        Assert.Equal("/here/app", request.RunPath);
        Assert.Equal(8080u, request.ListeningPort);
        Assert.True(request.Enabled);
        Assert.Equal(["A:b=c", "D:"], request.EnvVars.Select(variable => $"{variable.Key}:{variable.Value}"));
    }

    [Fact]
    public async Task The_run_path_is_the_current_directory_unless_given()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.CommandAsync("-p", daemon.Port, "process", "-start-cmd", "x", "web", "enable");

        Assert.Equal("/here", ((ConfigureProcessReq)daemon.Received.Last!).RunPath);
    }

    [Fact]
    public async Task An_empty_value_is_none_and_takes_no_other_word()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-host=", "-p", daemon.Port, "process", "-start-cmd", "x", "-run-path=", "--listening-port=", "-env", "A=", "web", "enable");

        Assert.Equal("", ran.Error);
        var request = (ConfigureProcessReq)daemon.Received.Last!;
        Assert.Equal(("web", "/here", 0u, "A"), (request.ProcessName, request.RunPath, request.ListeningPort, request.EnvVars.Single().Key));
    }

    [Fact]
    public async Task Disable_needs_only_the_name()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "process", "web", "disable");

        Assert.Equal(0, ran.Code);
        Assert.False(((ConfigureProcessReq)daemon.Received.Last!).Enabled);
    }

    [Fact]
    public async Task Restart_passes_the_new_command()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        await Ran.CommandAsync("-p", daemon.Port, "process", "-start-cmd", "a b", "-env", "K=v", "web", "restart");

        var request = (RestartProcessReq)daemon.Received.Last!;
        Assert.Equal(["a", "b"], request.StartCmd);
        Assert.Equal("K", request.EnvVars.Single().Key);
    }

    [Fact]
    public async Task What_keeps_a_port_from_being_exposed_is_said_and_the_call_has_succeeded()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "process", "-start-cmd", "x", "-listening-port", "80", "web", "enable");

        Assert.Equal(0, ran.Code);
        Assert.Equal("pv_exec: warning: port 80 is another program's (nginx)\n", ran.Error);
    }

    [Fact]
    public async Task Of_a_flag_that_is_given_three_times_the_last_one_counts()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync(
            "-p", "1", "-p", "2", "-p", daemon.Port, "process", "-start-cmd", "a", "-start-cmd", "b", "-run-path", "x", "-run-path", "y", "web", "enable");

        Assert.Equal("", ran.Error);
        var request = (ConfigureProcessReq)daemon.Received.Last!;
        Assert.Equal(["b"], request.StartCmd);
        Assert.Equal("/here/y", request.RunPath);
    }

    [Theory]
    [InlineData("web", "RUNNING\n")]
    [InlineData("other", "NOT_RUNNING\n")]
    public async Task State_prints_one_word(string name, string printed)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Assert.Equal(printed, (await Ran.CommandAsync("-p", daemon.Port, "process", name, "state")).Text);
    }

    [Theory]
    [InlineData("process web fly", "'fly'")]
    [InlineData("process web enable", "-start-cmd")]
    [InlineData("process web restart", "-start-cmd")]
    [InlineData("process -listening-port 99999 web disable", "'99999'")]
    [InlineData("process -env NOVALUE web disable", "'NOVALUE'")]
    [InlineData("process web", "process --help")]
    [InlineData("process web state more", "'more'")]
    public async Task A_mistake_is_named(string words, string named)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));

        Assert.Equal(100, ran.Code);
        Assert.Contains(named, ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }
}
