using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>A command that waits for its task, and daemons that are killed meanwhile.</summary>
public sealed class ExecKilledTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Theory]
    [InlineData("exec")]
    [InlineData("front")]
    public async Task Nothing_is_lost_or_told_twice_when_a_daemon_is_killed(string service)
    {
        await _daemon.AddTaskAsync("counts", "seq 1 5000; seq 1 10 >&2; until [ -e /tmp/counts.go ]; do sleep 0.02; done; seq 5001 200000; exit 5");
        int pid = (await _daemon.ServicesAsync())[service].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "exec", "-w", "counts"],
            null,
            ["expect", "\n5000\n"],
            ["shell", $"kill -KILL {pid}; touch /tmp/counts.go"]);

        _ = (await _daemon.ShellAsync("rm /tmp/counts.go")).Text;
        Assert.Equal(5, ran.Exit);
        Assert.Equal(Enumerable.Range(1, 200_000), ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        Assert.Equal(Enumerable.Range(1, 10), ran.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        await _daemon.WaitUntilAsync($"pv_exec services --json | python3 {Paths.Client}/is_back.py {service} {pid}");
    }

    [Fact]
    public async Task Input_is_neither_lost_nor_given_twice_when_pv_exec_is_killed()
    {
        await _daemon.AddTaskAsync("sum", "sha256sum");
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        ShellResult result = await _daemon.ShellAsync(
            "head -c 40000000 /dev/urandom >/tmp/halves; sha256sum </tmp/halves >/tmp/halves.sum;"
            + $" (head -c 20000000 /tmp/halves; kill -KILL {pid}; tail -c +20000001 /tmp/halves) | pv_exec exec -w -i sum | cmp - /tmp/halves.sum");

        Assert.Equal("", result.Text);
    }

    [Fact]
    public async Task A_terminal_goes_on_when_pv_exec_is_killed_and_when_it_is_replaced()
    {
        await _daemon.AddTaskAsync("prompt", "echo ready; while read -r line; do echo \"got $line\"; done; exit 6");
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "exec", "-t", "prompt"],
            [80, 24],
            ["expect", "ready\r\n"],
            ["shell", $"kill -KILL {pid}"],
            ["send", "one\r"],
            ["expect", "got one\r\n"],
            ["shell", "pv_exec services restart exec"],
            ["send", "two\r"],
            ["expect", "got two\r\n"],
            ["send", "\u0004"]);

        Assert.Equal((6, true), (ran.Exit, ran.Restored));
    }

    [Fact]
    public async Task A_task_that_waits_when_pv_exec_is_killed_is_run_all_the_same()
    {
        await _daemon.AddTaskAsync("blocks", "until [ -e /tmp/blocks.go ]; do sleep 0.02; done", writes: ["live/kill"]);
        await _daemon.AddTaskAsync("blocked", "echo ran; exit 4", writes: ["live/kill"]);
        _ = (await _daemon.ShellAsync("pv_exec exec blocks")).Text;
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["bash", "-c", "pv_exec exec -w --verbose blocked 2>&1"],
            null,
            ["expect", "waits for live/kill"],
            ["shell", $"kill -KILL {pid}"],
            ["expect", "waits for live/kill"],
            ["shell", "touch /tmp/blocks.go"]);

        Assert.Equal(4, ran.Exit);
        Assert.Single(ran.Output.Split('\n'), line => line == "ran");
    }
}
