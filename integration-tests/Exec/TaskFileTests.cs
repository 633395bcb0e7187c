using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>The optional files of a task directory.</summary>
public sealed class TaskFileTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task A_task_is_ended_with_all_its_descendants_when_its_time_is_up()
    {
        await _daemon.AddTaskAsync("endless", "trap '' TERM; sleep 1000 & echo $! >/tmp/endless-child; while :; do sleep 1000; done");
        await SetAsync("endless", "timeout", "0.3");
        await SetAsync("endless", "timeout-kill", "0.2");

        CallResult result = await _daemon.RunTaskAsync("endless");

        Assert.Equal("9", result.Ok().Trailers["pv-exit-signal"]);
        await _daemon.WaitUntilAsync("! kill -0 $(cat /tmp/endless-child) 2>/dev/null");
    }

    [Fact]
    public async Task Variables_come_from_env_and_the_caller_wins()
    {
        await _daemon.AddTaskAsync("variables", "echo \"$MODE|$OWN|${PV_APP_ROOT-none}\"");
        await SetAsync("variables", "env/MODE", "task \nsecond line");
        await SetAsync("variables", "env/OWN", "own");
        await SetAsync("variables", "env/PV_APP_ROOT", "");

        Assert.Equal("task|own|none\n", (await _daemon.RunTaskAsync("variables")).Text);
        Assert.Equal("caller|own|none\n", (await _daemon.RunTaskAsync("variables", "", ("MODE", "caller"))).Text);
    }

    [Fact]
    public async Task A_limited_task_runs_so_many_times_at_once()
    {
        await _daemon.AddTaskAsync("single", "mkdir /tmp/single || exit 1; sleep 0.03; rmdir /tmp/single");
        await SetAsync("single", "max_concurrent", "1");

        CallResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _daemon.RunTaskAsync("single")));

        Assert.All(results, result => Assert.Equal("0", result.Ok().Trailers["pv-exit-code"]));
    }

    [Fact]
    public async Task A_fault_is_named_with_file_and_line_and_an_edit_counts_at_once()
    {
        await _daemon.AddTaskAsync("faulty", "echo fine", reads: ["src", "../x"]);
        string place = $"{Paths.OwnTasks}/faulty/input_scopes:2: ";

        ShellResult run = await _daemon.ShellAsync("pv_exec exec -w faulty");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(place, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        ShellResult check = await _daemon.ShellAsync($"pv_exec tasks check -exec-config-root {Paths.OwnTasks}");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains(check.Lines, line => line.StartsWith(place, StringComparison.Ordinal));

        await SetAsync("faulty", "input_scopes", "src\n");
        Assert.Equal("fine", (await _daemon.ShellAsync("pv_exec exec -w faulty")).Text);
    }

    private Task SetAsync(string task, string file, string content) => _daemon.WriteAsync($"{Paths.OwnTasks}/{task}/{file}", content);
}
