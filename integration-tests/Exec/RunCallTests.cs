using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Run, as a client in another language sees it through the front port.</summary>
public sealed class RunCallTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task Output_is_streamed_while_the_task_runs()
    {
        await _daemon.AddTaskAsync("live", "read -r line; echo \"$line $NAME\"; until [ -e /tmp/live.go ]; do sleep 0.02; done; echo two >&2; exit 3");
        await _daemon.OpenTasksAsync("live", "Run", new
        {
            task_name = "live",
            variables = new { NAME = "ü" },
            input = Convert.ToBase64String("one\n"u8),
        });

        await _daemon.WaitForMessageAsync("live", "one");
        JsonElement[] soFar = await _daemon.MessagesAsync("live");
        Assert.Equal(["accepted", "started", "output"], soFar.Select(KindOf));
        Assert.Equal("one ü\n", soFar[2].GetProperty("output").GetProperty("data").GetString());

        _ = (await _daemon.ShellAsync("touch /tmp/live.go")).Text;
        await _daemon.WaitForMessageAsync("live", "\"code\": \"OK\"");
        JsonElement[] rest = (await _daemon.MessagesAsync("live"))[3..];
        Assert.Equal(["output", "exited", "code"], rest.Select(KindOf));
        Assert.Equal("OUTPUT_STREAM_STDERR", rest[0].GetProperty("output").GetProperty("stream").GetString());
        Assert.Equal(3, rest[1].GetProperty("exited").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task An_unknown_task_is_an_error_that_names_it()
    {
        JsonElement end = Assert.Single(await _daemon.StreamTasksAsync("Run", new { task_name = "no/such" }));
        Assert.Equal("NOT_FOUND", CodeOf(end));
        Assert.Contains("'no/such'", end.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_call_that_waits_when_the_service_is_killed_is_UNAVAILABLE_and_its_task_is_not_run_without_it()
    {
        await _daemon.AddTaskAsync("lives", "touch /tmp/lives.began; until [ -e /tmp/lives.go ]; do sleep 0.02; done", writes: ["killed/scope"]);
        await _daemon.AddTaskAsync("lost-call", "touch /tmp/lost-call.ran", writes: ["killed/scope"]);
        _ = (await _daemon.StartTaskAsync("lives")).Ok();
        await _daemon.WaitUntilAsync("[ -e /tmp/lives.began ]");
        Task<CallResult> waiting = _daemon.RunTaskAsync("lost-call");
        await _daemon.WaitUntilAsync("pv_exec runs --live --task lost-call | grep -q waiting");

        await KillAsync();
        Assert.Equal("UNAVAILABLE", (await waiting).Code);

        // What ran holds its scope again.
        Task<CallResult> later = _daemon.RunTaskAsync("lost-call");
        await _daemon.WaitUntilAsync("pv_exec runs --live --task lost-call | grep -q waiting");
        Assert.Equal("1", (await _daemon.ShellAsync("[ -e /tmp/lost-call.ran ] && echo ran; pv_exec runs --live --task lost-call | grep -c waiting")).Text.Trim());
        _ = (await _daemon.ShellAsync("touch /tmp/lives.go")).Text;
        _ = (await later).Ok();
    }

    [Fact]
    public async Task A_token_finds_its_run_after_the_service_was_killed_and_no_other_request_may_have_it()
    {
        await _daemon.AddTaskAsync("once", "echo started >>/tmp/once.count; echo before; until [ -e /tmp/once.go ]; do sleep 0.02; done; echo after; exit 7");
        Task<ShellResult> resuming = _daemon.RunResumedAsync("once", "token 1");
        await _daemon.OpenTasksAsync("once", "Run", new { task_name = "once", client_token = "token 1" });
        await _daemon.WaitForMessageAsync("once", "before");
        string run = (await _daemon.MessagesAsync("once"))[0].GetProperty("accepted").GetProperty("run_id").GetString()!;

        await KillAsync();
        await _daemon.WaitForMessageAsync("once", "UNAVAILABLE");
        await _daemon.OpenTasksAsync("again", "Run", new { task_name = "once", client_token = "token 1", stdout_offset = "before\n".Length });
        await _daemon.WaitForMessageAsync("again", "started");
        JsonElement accepted = (await _daemon.MessagesAsync("again"))[0].GetProperty("accepted");
        Assert.Equal(run, accepted.GetProperty("run_id").GetString());
        Assert.True(accepted.GetProperty("attached").GetBoolean());
        JsonElement other = Assert.Single(await _daemon.StreamTasksAsync("Run", new { task_name = "once", client_token = "token 1", variables = new { A = "b" } }));
        Assert.Equal("ALREADY_EXISTS", CodeOf(other));
        Assert.Contains("'token 1'", other.GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Contains(run, other.GetProperty("details").GetString(), StringComparison.Ordinal);

        _ = (await _daemon.ShellAsync("touch /tmp/once.go")).Text;
        await _daemon.WaitForMessageAsync("again", "exited");
        JsonElement output = Assert.Single(await _daemon.MessagesAsync("again"), message => KindOf(message) == "output").GetProperty("output");
        Assert.Equal(("7", "after\n"), (output.GetProperty("offset").GetString(), output.GetProperty("data").GetString()));
        ShellResult resumed = await resuming;
        Assert.Equal(("before\nafter\n", 7L), (resumed.Output, resumed.ExitCode));

        // Also after its end, and after another kill.
        await KillAsync();
        Assert.Equal(7, (await _daemon.RunResumedAsync("once", "token 1")).ExitCode);
        Assert.Equal("started", (await _daemon.ShellAsync("cat /tmp/once.count")).Text);
    }

    [Fact]
    public async Task A_run_that_waits_goes_when_its_deadline_passes_or_its_client_dies()
    {
        await _daemon.AddTaskAsync("keeps", "until [ -e /tmp/keeps.go ]; do sleep 0.02; done", writes: ["kept"]);
        await _daemon.AddTaskAsync("waits", "echo >>/tmp/waits.ran", reads: ["kept"]);
        await _daemon.OpenTasksAsync("keeps", "Run", new { task_name = "keeps" });
        await _daemon.WaitForMessageAsync("keeps", "started");

        JsonElement[] late = await _daemon.StreamTasksAsync("Run", new { task_name = "waits" }, seconds: 2);
        Assert.Equal("DEADLINE_EXCEEDED", CodeOf(late[^1]));
        JsonElement blocker = Assert.Single(late[1].GetProperty("queued").GetProperty("waits_for").EnumerateArray());
        Assert.Equal("keeps", blocker.GetProperty("reason").GetString());
        string client = await _daemon.OpenTasksAsync("waits", "Run", new { task_name = "waits" });
        await _daemon.WaitForMessageAsync("waits", "queued");
        _ = (await _daemon.ShellAsync("kill -KILL $1", client)).Text;
        await _daemon.WaitUntilAsync("[ $(python3 /tmp/client/stream_tasks.py ListRuns '{\"task_name\": \"waits\"}' | grep -c WAITING) = 0 ]");

        _ = (await _daemon.ShellAsync("touch /tmp/keeps.go")).Text;
        await _daemon.WaitForMessageAsync("keeps", "\"code\": \"OK\"");
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/waits.ran ]")).ExitCode);
    }

    [Fact]
    public async Task A_run_that_is_to_be_cancelled_with_its_client_is_killed_with_all_its_descendants_also_after_a_restart()
    {
        // The shell ends for TERM, and what it has started does not.
        await _daemon.AddTaskAsync("stubborn", "(trap '' TERM; exec -a stubborn-child sleep 4321) & echo up; wait");
        await _daemon.WriteAsync($"{Paths.OwnTasks}/stubborn/timeout-kill", "0.3\n");
        string client = await _daemon.OpenTasksAsync("stubborn", "Run", new { task_name = "stubborn", on_disconnect = "ON_DISCONNECT_CANCEL" });
        await _daemon.WaitForMessageAsync("stubborn", "up");
        await _daemon.WaitUntilAsync("pgrep -f '^stubborn-child'");
        _ = (await _daemon.ShellAsync("pv_exec services restart exec")).Text;
        Assert.DoesNotContain(await _daemon.MessagesAsync("stubborn"), message => KindOf(message) is "exited" or "code");

        _ = (await _daemon.ShellAsync("kill -KILL $1", client)).Text;

        await _daemon.WaitUntilAsync("! pgrep -f '^stubborn-child'");
        await _daemon.WaitUntilAsync("python3 /tmp/client/stream_tasks.py ListRuns '{\"task_name\": \"stubborn\"}' | grep -q RUN_STATE_ENDED");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_waits_for_a_run_that_is_cancelled_starts_when_the_last_of_its_descendants_is_gone_also_after_a_kill_of_the_service(bool isKilled)
    {
        string task = isKilled ? "lingers-killed" : "lingers";
        await _daemon.AddTaskAsync(task, $"(trap '' TERM; exec -a {task}-child sleep 4321) & echo $$ >/tmp/{task}.pid; echo up; wait", writes: [task]);
        await _daemon.WriteAsync($"{Paths.OwnTasks}/{task}/timeout-kill", "2\n");
        await _daemon.AddTaskAsync(task + "-after", $"pgrep -f '^{task}-child' || echo gone", reads: [task]);
        await _daemon.OpenTasksAsync(task, "Run", new { task_name = task, on_disconnect = "ON_DISCONNECT_GO_ON" });
        await _daemon.WaitForMessageAsync(task, "up");
        string run = (await _daemon.MessagesAsync(task))[0].GetProperty("accepted").GetProperty("run_id").GetString()!;
        await _daemon.WaitUntilAsync($"pgrep -f '^{task}-child'");
        await _daemon.OpenTasksAsync(task + "-after", "Run", new { task_name = task + "-after", client_token = task, on_disconnect = "ON_DISCONNECT_GO_ON" });
        await _daemon.WaitForMessageAsync(task + "-after", "queued");

        await _daemon.OpenTasksAsync(task + "-cancel", "Cancel", new { run_id = run });
        await _daemon.WaitUntilAsync($"! kill -0 $(cat /tmp/{task}.pid)");
        if (isKilled)
        {
            _ = (await _daemon.ShellAsync("kill -KILL $(pgrep -nx pv-exec)")).Text;
            await _daemon.WaitUntilAsync(TestContainer.Answers);
            await _daemon.OpenTasksAsync(task + "-again", "Run", new { task_name = task + "-after", client_token = task });
            await _daemon.WaitForMessageAsync(task + "-again", "gone");

            // It kept its place in the queue.
            Assert.True((await _daemon.MessagesAsync(task + "-again"))[0].GetProperty("accepted").GetProperty("attached").GetBoolean());
            return;
        }

        await _daemon.WaitForMessageAsync(task + "-after", "gone");
    }

    [Fact]
    public async Task A_signal_reaches_the_leader_alone_or_all_processes_of_the_run()
    {
        await _daemon.AddTaskAsync("traps", """
            trap 'echo leader' USR1
            bash -c 'trap "echo child" USR1; echo ready; while :; do sleep 0.02; done' &
            while :; do wait; done
            """);
        await _daemon.OpenTasksAsync("traps", "Run", new { task_name = "traps" });
        await _daemon.WaitForMessageAsync("traps", "ready");
        string run = (await _daemon.MessagesAsync("traps"))[0].GetProperty("accepted").GetProperty("run_id").GetString()!;

        Assert.Equal("OK", CodeOf((await _daemon.StreamTasksAsync("Signal", new { run_id = run, signal = 10, target = "SIGNAL_TARGET_LEADER" }))[^1]));
        await _daemon.WaitForMessageAsync("traps", "leader");
        Assert.DoesNotContain(await _daemon.MessagesAsync("traps"), message => message.GetRawText().Contains("child", StringComparison.Ordinal));
        Assert.Equal("OK", CodeOf((await _daemon.StreamTasksAsync("Signal", new { run_id = run, signal = 10, target = "SIGNAL_TARGET_TREE" }))[^1]));
        await _daemon.WaitForMessageAsync("traps", "child");
        Assert.Equal("INVALID_ARGUMENT", CodeOf(Assert.Single(await _daemon.StreamTasksAsync("Signal", new { run_id = run, signal = 99 }))));

        Assert.Equal("OK", CodeOf((await _daemon.StreamTasksAsync("Signal", new { run_id = run, signal = 9 }))[^1]));
        await _daemon.WaitForMessageAsync("traps", "signaled");
        Assert.Equal("FAILED_PRECONDITION", CodeOf(Assert.Single(await _daemon.StreamTasksAsync("Signal", new { run_id = run, signal = 9 }))));
    }

    private static string KindOf(JsonElement message) => message.EnumerateObject().First().Name;

    private static string CodeOf(JsonElement end) => end.GetProperty("code").GetString()!;

    private async Task KillAsync()
    {
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();
        _ = (await _daemon.ShellAsync($"kill -KILL {pid}")).Text;
        await _daemon.WaitUntilAsync($"pv_exec services --json | python3 /opt/client/is_back.py exec {pid}");
    }
}
