using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Processes;

public sealed class ProcessTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Theory]
    [InlineData("127.0.0.1", 21001)]
    [InlineData("0.0.0.0", 21002)]
    [InlineData("::1", 21003)]
    [InlineData("::", 21004)]
    public async Task A_listener_on_any_address_is_found_and_reached_through_the_configured_port(string address, int port)
    {
        string name = $"listener-{port}";
        _ = (await _daemon.StartProcessAsync(name, ["python3", "-m", "http.server", "--bind", address, "0"], port)).Ok();

        await _daemon.WaitForStateAsync(name, "RUNNING");

        await _daemon.WaitUntilAsync($"curl -sf http://127.0.0.1:{port}/");
        await _daemon.WaitUntilAsync($"curl -sf http://[::1]:{port}/");
        _ = (await _daemon.RemoveProcessAsync(name)).Ok();
        await _daemon.WaitUntilAsync($"! curl -s http://127.0.0.1:{port}/");
    }

    [Fact]
    public async Task A_process_that_listens_on_the_configured_port_itself_is_left_alone()
    {
        _ = (await _daemon.StartProcessAsync("itself", ["python3", "-m", "http.server", "--bind", "127.0.0.1", "21010"], 21010)).Ok();

        await _daemon.WaitForStateAsync("itself", "RUNNING");

        await _daemon.WaitUntilAsync("curl -sf http://127.0.0.1:21010/");
        Assert.Contains("python3", (await _daemon.ShellAsync("ss -ltnpH 'sport = :21010'")).Text, StringComparison.Ordinal);
        _ = (await _daemon.RemoveProcessAsync("itself")).Ok();
    }

    [Fact]
    public async Task States_go_from_not_running_to_starting_to_finished()
    {
        Assert.Equal("NOT_RUNNING", await _daemon.ProcessStateAsync("stages"));

        _ = (await _daemon.StartProcessAsync("stages", ["bash", "-c", "until [ -e /tmp/finish ]; do sleep 0.02; done"])).Ok();
        Assert.Equal("STARTING", await _daemon.ProcessStateAsync("stages"));

        _ = (await _daemon.ShellAsync("touch /tmp/finish")).Text;
        await _daemon.WaitForStateAsync("stages", "FINISHED");

        _ = (await _daemon.RemoveProcessAsync("stages")).Ok();
        Assert.Equal("NOT_RUNNING", await _daemon.ProcessStateAsync("stages"));
    }

    [Fact]
    public async Task A_process_gets_its_words_as_they_are_and_its_variables_and_its_directory()
    {
        _ = (await _daemon.StartProcessAsync("words", ["bash", "-c", "printf '%s|' \"$@\" \"$WORD\" \"$PWD\" >/tmp/words", "x", "$HOME", "a b", "*"], 0, ("WORD", "a=b"))).Ok();

        await _daemon.WaitForStateAsync("words", "FINISHED");

        Assert.Equal("$HOME|a b|*|a=b|/tmp|", (await _daemon.ShellAsync("cat /tmp/words")).Text);
    }

    [Fact]
    public async Task Restart_ends_the_whole_group_before_it_starts_the_new_command()
    {
        _ = (await _daemon.StartProcessAsync("group", ["bash", "-c", "trap '' TERM; sleep 4001 & sleep 4002 & exec python3 -m http.server 21020"], 21020)).Ok();
        await _daemon.WaitForStateAsync("group", "RUNNING");
        await _daemon.WaitUntilAsync("pgrep -f '^sleep 4002'");

        CallResult restarted = await _daemon.CallAsync("RestartProcess", new
        {
            process_name = "group",
            start_cmd = new[] { "bash", "-c", "pgrep -f '^sleep 400' >/tmp/left; echo $MARK >/tmp/mark; exec python3 -m http.server 21020" },
            env_vars = new[] { new { key = "MARK", value = "second" } },
        });

        _ = restarted.Ok();
        await _daemon.WaitForStateAsync("group", "RUNNING");
        Assert.Equal("second", (await _daemon.ShellAsync("cat /tmp/left /tmp/mark")).Text);
        _ = (await _daemon.RemoveProcessAsync("group")).Ok();
        Assert.NotEqual(0, (await _daemon.ShellAsync("pgrep -f 'http.server 21020'")).ExitCode);
    }

    [Fact]
    public async Task The_same_specification_again_changes_nothing_and_another_one_is_an_error()
    {
        string[] command = ["sleep", "5001"];
        _ = (await _daemon.StartProcessAsync("same", command)).Ok();
        string pid = (await _daemon.ShellAsync("pgrep -f '^sleep 5001'")).Text;

        _ = (await _daemon.StartProcessAsync("same", command)).Ok();
        CallResult other = await _daemon.StartProcessAsync("same", ["sleep", "5002"]);

        Assert.Equal(pid, (await _daemon.ShellAsync("pgrep -f '^sleep 500'")).Text);
        Assert.NotEqual("OK", other.Code);
        Assert.Contains("same", other.Details, StringComparison.Ordinal);
        Assert.Contains("restart", other.Details, StringComparison.OrdinalIgnoreCase);
        _ = (await _daemon.RemoveProcessAsync("same")).Ok();
    }

    [Fact]
    public async Task Names_that_are_not_known_are_invalid_for_restart_and_fine_for_disable()
    {
        CallResult restart = await _daemon.CallAsync("RestartProcess", new { process_name = "never-seen", start_cmd = new[] { "true" } });

        Assert.Equal("INVALID_ARGUMENT", restart.Code);
        Assert.Contains("never-seen", restart.Details, StringComparison.Ordinal);
        _ = (await _daemon.RemoveProcessAsync("never-seen")).Ok();
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_an_error_that_names_it()
    {
        CallResult result = await _daemon.StartProcessAsync("missing", ["/no/such/program"]);

        Assert.NotEqual("OK", result.Code);
        Assert.Contains("/no/such/program", result.Details, StringComparison.Ordinal);
    }
}
