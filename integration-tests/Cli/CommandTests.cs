using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>The command line that existing scripts use, and its double-dash spellings.</summary>
public sealed class CommandTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Theory]
    [InlineData("pv_exec -p 50000 -host 127.0.0.1 exec -w show A=1=2 B=")]
    [InlineData("pv_exec --host localhost exec -w show A=1=2 B=")]
    [InlineData("pv_exec -host=127.0.0.1 exec -w show A=1=2 B=")]
    [InlineData("PV_EXEC_HOST=127.0.0.1 pv_exec exec -w show A=1=2 B=")]
    public async Task Exec_waits_and_prints_the_output(string command)
    {
        await _daemon.AddTaskAsync("show", "echo \"$A|$B\"");

        Assert.Equal("1=2|", (await _daemon.ShellAsync(command)).Text);
    }

    [Fact]
    public async Task Exec_passes_standard_input_on()
    {
        await _daemon.AddTaskAsync("count", "wc -c");

        Assert.Equal("5", (await _daemon.ShellAsync("printf 12345 | pv_exec exec -w -i count")).Text);
        Assert.Equal("0", (await _daemon.ShellAsync("printf 12345 | pv_exec exec -w count")).Text);
    }

    [Fact]
    public async Task Exec_of_an_unknown_task_fails_with_one_line_that_names_it()
    {
        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w no/such");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no/such", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-start-cmd", "-run-path", "single")]
    [InlineData("--start-cmd", "--run-path", "double")]
    public async Task Process_enables_shows_restarts_and_disables(string startCommand, string runPath, string name)
    {
        _ = (await _daemon.ShellAsync($"pv_exec process {startCommand} 'sleep 7001' {runPath} /tmp {name} enable")).Text;
        Assert.Contains("STARTING", (await _daemon.ShellAsync($"pv_exec process {name} state")).Text, StringComparison.OrdinalIgnoreCase);

        _ = (await _daemon.ShellAsync($"pv_exec process {startCommand} 'sleep 7002' {name} restart")).Text;
        Assert.Equal("/tmp", (await _daemon.ShellAsync("readlink /proc/$(pgrep -f '^sleep 7002')/cwd")).Text);

        _ = (await _daemon.ShellAsync($"pv_exec process {name} disable")).Text;
        Assert.NotEqual(0, (await _daemon.ShellAsync("pgrep -f '^sleep 700'")).ExitCode);
    }

    [Theory]
    [InlineData("exit 7", "7", "\"exitCode\": 7")]
    [InlineData("kill -9 $$", "signal 9", "\"exitSignal\": 9")]
    public async Task How_a_process_ended_is_shown_also_after_pv_process_was_killed(string script, string shown, string json)
    {
        string name = $"ended-{shown.Replace(' ', '-')}";
        _ = (await _daemon.ShellAsync($"pv_exec process -start-cmd \"bash -c '{script.Replace("$", "\\$")}'\" {name} enable")).Text;
        await _daemon.WaitForStateAsync(name, "FINISHED");
        int pid = (await _daemon.ServicesAsync())["process"].GetProperty("pid").GetInt32();

        Assert.Contains($"  {shown}  ", (await _daemon.ShellAsync($"pv_exec processes {name}")).Text, StringComparison.Ordinal);
        _ = await _daemon.ShellAsync($"kill -KILL {pid}");
        await _daemon.WaitUntilAsync($"pv_exec services --json | python3 {Paths.Client}/is_back.py process {pid}");

        Assert.Contains(json, (await _daemon.ShellAsync($"pv_exec processes {name} --json")).Text, StringComparison.Ordinal);
        _ = (await _daemon.ShellAsync($"pv_exec process {name} disable")).Text;
    }

    [Theory]
    [InlineData("pv_exec processes --json")]
    [InlineData("pv_exec services --json")]
    [InlineData("pv_exec worktree status --json")]
    [InlineData("pv_exec worktree save --json")]
    [InlineData("pv_exec worktree list --json")]
    public async Task What_is_asked_for_as_json_is_json(string command)
    {
        ShellResult result = await _daemon.ShellAsync($"{command} | python3 -m json.tool");

        Assert.NotEqual("", result.Text);
    }

    [Fact]
    public async Task Services_lists_the_four_daemons()
    {
        string text = (await _daemon.ShellAsync("pv_exec services")).Text;

        Assert.All(["front", "exec", "process", "worktree"], name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_one_line_that_names_its_address()
    {
        ShellResult result = await _daemon.ShellAsync("pv_exec -p 59999 exec -w any");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("59999", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
