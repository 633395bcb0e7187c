using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>Runs, as the command shows, follows, signals and cancels them.</summary>
public sealed class RunsTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const int Interrupt = 2;

    private readonly TestContainer _daemon = shared.Container;

    [Theory]
    [InlineData("runs --follow --task nobody")]
    [InlineData("scopes --watch nobody")]
    public async Task What_goes_on_by_itself_ends_with_its_reader_though_nothing_happens(string command)
    {
        ShellResult result = await _daemon.ShellAsync($"pv_exec {command} | true; echo ${{PIPESTATUS[0]}}");

        Assert.Equal("141", result.Text.TrimEnd());
        Assert.Equal("", result.Errors);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_tasks_limit_says_so()
    {
        await _daemon.AddTaskAsync("single", "until [ -e /tmp/single.go ]; do sleep 0.02; done");
        await _daemon.WriteAsync($"{Paths.OwnTasks}/single/max_concurrent", "1\n");
        string first = (await _daemon.ShellAsync("pv_exec exec --json single; pv_exec exec --json single >/dev/null")).Text;
        string id = JsonDocument.Parse(first).RootElement.GetProperty("run").GetString()!;

        await _daemon.WaitUntilAsync($"pv_exec runs --live --task single | grep 'max_concurrent of single ({id} runs, for '");

        _ = (await _daemon.ShellAsync("touch /tmp/single.go")).Text;
    }

    [Fact]
    public async Task A_run_is_an_object_on_request()
    {
        await _daemon.AddTaskAsync("object", "echo out; printf '\\377' >&2; kill -9 $$");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w --json object");

        JsonElement row = JsonDocument.Parse(Assert.Single(result.Lines)).RootElement;
        Assert.Equal(137, result.ExitCode);
        Assert.Equal((9, "out\n", "/w=="), (row.GetProperty("exitSignal").GetInt32(), row.GetProperty("stdout").GetString(), row.GetProperty("stderrBase64").GetString()));
        Assert.Equal("", (await _daemon.ShellAsync($"pv_exec runs show {row.GetProperty("run").GetString()} --json | python3 -m json.tool >/dev/null")).Text);
    }

    [Fact]
    public async Task Runs_are_followed_looked_at_signalled_and_cancelled()
    {
        await _daemon.AddTaskAsync("steered", "trap 'echo hup' HUP; echo ready; while :; do sleep 0.02; done");
        string id = JsonDocument.Parse((await _daemon.ShellAsync("pv_exec exec --json steered")).Text).RootElement.GetProperty("run").GetString()!;

        Steered logs = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "runs", "logs", id, "--follow"],
            null,
            ["expect", "ready\n"],
            ["shell", $"pv_exec runs signal {id} HUP --target leader"],
            ["expect", "hup\n"],
            ["shell", $"pv_exec runs cancel {id}"]);
        Steered follow = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "runs", "--follow", "--task", "steered"],
            null,
            ["expect", $"{id}  steered  ended signal 15"],
            ["shell", "pv_exec exec steered"],
            ["expect", "steered  running"],
            ["shell", "pv_exec services restart exec"],
            ["shell", "pv_exec runs cancel $(pv_exec runs --task steered --live | awk 'NR == 2 { print $1 }')"],
            ["expect", "steered  ended signal 15"],
            ["signal", Interrupt]);

        Assert.Equal((0, ""), (logs.Exit, logs.Errors));
        Assert.Equal((130, ""), (follow.Exit, follow.Errors));
    }

    [Theory]
    [InlineData("unlimited")]
    [InlineData("0")]
    public async Task A_run_that_ends_by_a_signal_says_whether_it_left_a_core(string limit)
    {
        await _daemon.AddTaskAsync("crashes", $"cd /tmp; ulimit -c {limit}; exec python3 -c 'import os; os.kill(os.getpid(), 11)'");

        // A program that is handed the core gets it whatever the limit (core(5)).
        bool isHanded = (await _daemon.ShellAsync("cat /proc/sys/kernel/core_pattern")).Text.StartsWith('|');
        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w --json crashes");

        JsonElement row = JsonDocument.Parse(Assert.Single(result.Lines)).RootElement;
        Assert.Equal((139, 11), (result.ExitCode, row.GetProperty("exitSignal").GetInt32()));
        Assert.Equal(isHanded || limit != "0", row.GetProperty("coreDumped").GetBoolean());
    }
}
