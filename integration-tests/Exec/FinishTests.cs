using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>What is run after each run.</summary>
public sealed class FinishTests : IAsyncLifetime
{
    private TestContainer _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await TestContainer.StartAsync(ContainerSpec.Daemon);

    public ValueTask DisposeAsync() => _daemon?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_killed_exec_runs_finish_once_with_the_runs_status_and_keeps_its_locks_meanwhile()
    {
        await AddTaskAsync("swept", "echo result; exit 3", Finish("until [ -e /tmp/release ]; do sleep 0.02; done; echo end >>/tmp/order; exit 7"), writes: ["src"]);
        await _daemon.AddTaskAsync("next", "echo next >>/tmp/order", writes: ["src"]);
        string run = (await _daemon.StartTaskAsync("swept", ("COLOUR", "blue"))).Ok().Trailers["pv-run-id"];
        await _daemon.WaitUntilAsync("[ -s /tmp/finished ]");
        for (int i = 0; i < 3; i++)
        {
            await KillExecAsync();
        }

        _ = (await _daemon.StartTaskAsync("next")).Ok();
        Assert.Equal("RUN_STATE_FINISHING", (await _daemon.CallTasksAsync("GetRun", new { run_id = run })).Messages[0].GetProperty("state").GetString());
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/order ]")).ExitCode);
        _ = (await _daemon.ShellAsync("touch /tmp/release")).Text;
        RunEvents events = await _daemon.CallTasksAsync("Attach", new { run_id = run });
        await _daemon.WaitUntilAsync("grep -q next /tmp/order");

        JsonElement exited = events.One("exited");
        Assert.Equal(3, exited.GetProperty("code").GetInt32());
        Assert.Equal(7, exited.GetProperty("finish").GetProperty("code").GetInt32());
        Assert.Equal("result\n", events.Text("OUTPUT_STREAM_STDOUT"));
        Assert.Equal($"finish of {run}\n", events.Text("OUTPUT_STREAM_STDERR"));
        Assert.Equal([$"3 0 {run} blue {Paths.OwnTasks}/swept"], (await _daemon.ShellAsync("cat /tmp/finished")).Lines);
        Assert.Equal(["end", "next"], (await _daemon.ShellAsync("cat /tmp/order")).Lines);
    }

    [Fact]
    public async Task Killed_while_a_run_ends_exec_comes_back_to_run_its_finish()
    {
        await AddTaskAsync("lasting", "echo $$ >/tmp/pid; until [ -e /tmp/release ]; do sleep 0.02; done; exit 4", Finish("true"));
        string run = (await _daemon.StartTaskAsync("lasting")).Ok().Trailers["pv-run-id"];
        await _daemon.WaitUntilAsync("[ -s /tmp/pid ]");
        int killed = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();
        _ = (await _daemon.ShellAsync("kill -STOP $1; touch /tmp/release; while [ -e /proc/$(cat /tmp/pid) ]; do sleep 0.02; done; kill -KILL $1", $"{killed}")).Text;

        RunEvents events = await _daemon.CallTasksAsync("Attach", new { run_id = run });
        Assert.Equal(4, events.One("exited").GetProperty("code").GetInt32());
        Assert.StartsWith($"4 0 {run}", Assert.Single((await _daemon.ShellAsync("cat /tmp/finished")).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_after_a_timeout_and_is_killed_with_its_descendants_when_its_own_time_is_up()
    {
        await AddTaskAsync("slow", "sleep 1000", Finish("sleep 1001 & sleep 1001"), timeout: "0.2", timeoutFinish: "0.3");

        RunEvents events = await _daemon.CallTasksAsync("Run", new { task_name = "slow" });

        JsonElement exited = events.One("exited");
        Assert.True(exited.GetProperty("timed_out").GetBoolean());
        Assert.Equal(15, exited.GetProperty("signaled").GetProperty("signal").GetInt32());
        Assert.Equal(15, events.One("finishing").GetProperty("signaled").GetProperty("signal").GetInt32());
        Assert.True(exited.GetProperty("finish").GetProperty("timed_out").GetBoolean());
        Assert.StartsWith("256 15", Assert.Single((await _daemon.ShellAsync("cat /tmp/finished")).Lines), StringComparison.Ordinal);
        await _daemon.WaitUntilAsync("! pgrep -f 'sleep 100[01]'");
    }

    [Fact]
    public async Task The_old_call_answers_when_finish_has_ended_and_its_result_is_what_run_wrote()
    {
        await AddTaskAsync("told", "echo result", Finish("sleep 0.1; echo done >/tmp/done"));

        CallResult result = await _daemon.RunTaskAsync("told");

        Assert.Equal(("result\n", "0"), (result.Text, result.Trailers["pv-exit-code"]));
        Assert.Equal("done", (await _daemon.ShellAsync("cat /tmp/done")).Text);
    }

    /// <summary>It says what it was given, in a file and on standard output.</summary>
    private static string Finish(string then) => $"echo \"$* $COLOUR $PWD\" >>/tmp/finished; echo \"finish of $3\"; {then}";

    private async Task AddTaskAsync(string name, string run, string finish, string[]? writes = null, string? timeout = null, string timeoutFinish = "60")
    {
        await _daemon.AddTaskAsync(name, run, writes: writes);
        await _daemon.WriteAsync($"{Paths.OwnTasks}/{name}/finish", finish, "755");
        await _daemon.WriteAsync($"{Paths.OwnTasks}/{name}/timeout-finish", timeoutFinish);
        if (timeout is not null)
        {
            await _daemon.WriteAsync($"{Paths.OwnTasks}/{name}/timeout", timeout);
        }
    }

    private async Task KillExecAsync()
    {
        int killed = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();
        _ = (await _daemon.ShellAsync("kill -KILL $1", $"{killed}")).Text;
        await _daemon.WaitUntilAsync($"pv_exec services --json | python3 /opt/client/is_back.py exec {killed}");
    }
}
