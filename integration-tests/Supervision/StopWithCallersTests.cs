using System.Globalization;
using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>What callers see of a stop. The daemon runs below another process, so that they outlive it.</summary>
public sealed class StopWithCallersTests
{
    [Fact]
    public async Task A_caller_gets_what_its_task_prints_when_it_is_told_to_end_and_its_exit_code()
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        string pid = await StartDaemonAsync(machine);
        await machine.AddTaskAsync("farewell", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.02; done");
        await WaitForTaskAsync(machine, "farewell");

        _ = (await machine.ShellAsync($"kill {pid}")).Text;
        await machine.WaitUntilAsync("[ -s /tmp/daemon.code ] && [ -s /tmp/exec.code ]");

        Assert.Equal(["up", "bye", "7", "0"], (await machine.ShellAsync("cat /tmp/exec.out /tmp/exec.code /tmp/daemon.code")).Lines);
        Assert.DoesNotContain("killed", await LogAsync(machine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_under_way_are_answered_and_streams_end_with_a_status_while_new_calls_are_refused()
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        string pid = await StartDaemonAsync(machine, "--stop-timeout", "100");
        await machine.AddTaskAsync("held", "echo up; until [ -e /tmp/go ]; do sleep 0.02; done; echo bye; exit 7");
        await WaitForTaskAsync(machine, "held");
        await machine.GenerateClientAsync();
        _ = (await machine.ShellAsync("""python3 /tmp/client/call.py Exec '{"task_name": "held", "wait_for_completion": true}' >/tmp/old.out 2>&1 </dev/null &""")).Text;
        await machine.OpenTasksAsync("run", "Run", new { task_name = "held" });
        await machine.WaitForMessageAsync("run", "up");
        string run = (await machine.MessagesAsync("run"))[0].GetProperty("accepted").GetProperty("run_id").GetString()!;
        await machine.OpenTasksAsync("attach", "Attach", new { run_id = run });
        await machine.OpenTasksAsync("runs", "WatchRuns", new { });
        await machine.OpenTasksAsync("scopes", "WatchScopes", new { });
        await machine.OpenTasksAsync("hold", "HoldScopes", new { output_scopes = new[] { "held" }, holder = "test", reason = "to be ended by the stop" });
        await machine.WaitForMessageAsync("attach", "up");
        await machine.WaitForMessageAsync("runs", run);
        await machine.WaitForMessageAsync("scopes", "held");
        await machine.WaitForMessageAsync("hold", "held");
        await machine.WaitUntilAsync("[ $(pv_exec runs --live | grep -c running) = 3 ]");

        _ = (await machine.ShellAsync($"kill {pid}")).Text;
        await machine.WaitUntilAsync("grep -q 'ending tasks' /tmp/daemon.log");
        CallResult late = await machine.CallAsync("GetProcessState", new { process_name = "none" });
        Assert.Equal("", (await machine.ShellAsync("cat /tmp/exec.code")).Output);
        Assert.Equal("UNAVAILABLE", late.Code);

        _ = (await machine.ShellAsync("touch /tmp/go")).Text;
        await machine.WaitUntilAsync("[ -s /tmp/daemon.code ] && [ -s /tmp/exec.code ]");

        Assert.Equal(["up", "bye", "7", "0"], (await machine.ShellAsync("cat /tmp/exec.out /tmp/exec.code /tmp/daemon.code")).Lines);
        CallResult old = CallResult.Parse((await machine.ShellAsync("cat /tmp/old.out")).Text);
        Assert.Equal(("OK", "7"), (old.Code, old.Trailers["pv-exit-code"]));
        foreach (string stream in new[] { "run", "attach" })
        {
            JsonElement[] told = await machine.MessagesAsync(stream);
            Assert.Equal(7, told[^2].GetProperty("exited").GetProperty("code").GetInt32());
            Assert.Equal("OK", told[^1].GetProperty("code").GetString());
        }

        foreach (string stream in new[] { "runs", "scopes", "hold" })
        {
            JsonElement end = (await machine.MessagesAsync(stream))[^1];
            Assert.Equal("UNAVAILABLE", end.GetProperty("code").GetString());
            Assert.Contains("the system is stopping", end.GetProperty("details").GetString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("killed", await LogAsync(machine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_without_a_call_do_not_hold_a_stop_up()
    {
        const string Idle = "import grpc, signal; c = grpc.insecure_channel('127.0.0.1:50000'); grpc.channel_ready_future(c).result(); open('/tmp/idle', 'w'); signal.pause()";
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        string pid = await StartDaemonAsync(machine, "--stop-timeout", "600");
        _ = (await machine.ShellAsync("python3 -c \"$1\" >/dev/null 2>&1 </dev/null & (exec 3<>/dev/tcp/127.0.0.1/50000; printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' >&3; touch /tmp/silent; sleep 6002) >/dev/null 2>&1 </dev/null &", Idle)).Text;
        await machine.WaitUntilAsync("[ -e /tmp/idle ] && [ -e /tmp/silent ]");

        _ = (await machine.ShellAsync($"kill {pid}")).Text;
        await machine.WaitUntilAsync("[ -s /tmp/daemon.code ]");

        string log = await LogAsync(machine);
        Assert.DoesNotContain("killed", log, StringComparison.Ordinal);
        string done = Assert.Single(log.Split('\n'), line => line.Contains("stopping: done in ", StringComparison.Ordinal));
        Assert.InRange(int.Parse(done.Split(' ')[^2], CultureInfo.InvariantCulture), 0, 120_000);
    }

    private static async Task<string> LogAsync(TestContainer machine) => (await machine.ShellAsync("cat /tmp/daemon.log")).Text;

    private static async Task WaitForTaskAsync(TestContainer machine, string task)
    {
        _ = (await machine.ShellAsync("(pv_exec exec -w \"$1\" >/tmp/exec.out 2>/tmp/exec.err; echo $? >/tmp/exec.code) >/dev/null 2>&1 </dev/null &", task)).Text;
        await machine.WaitUntilAsync("grep -q up /tmp/exec.out");
    }

    /// <summary>Starts the daemon below the container's first process, so that its callers outlive it. Its exit code will be in /tmp/daemon.code.</summary>
    /// <returns>The pid of pv-init.</returns>
    private static async Task<string> StartDaemonAsync(TestContainer machine, params string[] more)
    {
        _ = (await machine.ShellAsync(
            "(setsid pv_exec daemon \"$@\" >/tmp/daemon.log 2>&1; echo $? >/tmp/daemon.code) >/dev/null 2>&1 </dev/null &", [.. ContainerSpec.DaemonArguments("tree"), .. more])).Text;
        await machine.WaitUntilAsync(TestContainer.Answers);
        return (await machine.ShellAsync("pgrep -x pv-init")).Text;
    }
}
