using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>A service that is restarted on request hands over to its next instance: no caller notices.</summary>
public sealed class RestartTests
{
    private const int Callers = 32;
    private const int Restarts = 10;

    [Theory]
    [InlineData("front")]
    [InlineData("exec")]
    [InlineData("process")]
    [InlineData("worktree")]
    public async Task No_call_fails_while_a_service_is_restarted_again_and_again(string service)
    {
        await using TestContainer daemon = await StartAsync();
        Task<ShellResult> load = daemon.ShellAsync($"python3 /tmp/client/load.py {Callers} /tmp/stop");
        await daemon.WaitUntilAsync("[ -e /tmp/stop.started ]");

        for (int i = 0; i < Restarts; i++)
        {
            int before = await PidAsync(daemon, service);
            _ = (await daemon.ShellAsync($"pv_exec services restart {service}")).Text;
            Assert.NotEqual(before, await PidAsync(daemon, service));
        }

        _ = (await daemon.ShellAsync("touch /tmp/stop")).Text;
        AssertAllAnswered(await load);
        await daemon.WaitUntilAsync($"[ $(pgrep -cx pv-{service}) = 1 ]");
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task All_services_are_restarted_one_after_the_other_and_what_runs_runs_on()
    {
        await using TestContainer daemon = await StartAsync();
        await daemon.AddTaskAsync("long", "echo begun; touch /tmp/begun; until [ -e /tmp/release ]; do sleep 0.02; done; echo ended; exit 7", writes: ["src"]);
        Task<CallResult> call = daemon.RunTaskAsync("long");
        await daemon.WaitUntilAsync("[ -e /tmp/begun ]");
        string listener = (await daemon.ShellAsync("pgrep -f '^python3 -m http.server'")).Text;

        _ = (await daemon.ShellAsync("pv_exec services restart --all")).Text;
        _ = (await daemon.ShellAsync("touch /tmp/release")).Text;

        CallResult result = await call;
        Assert.Equal("begun\nended\n", result.Text);
        Assert.Equal("7", result.Trailers["pv-exit-code"]);
        Assert.Equal(listener, (await daemon.ShellAsync("pgrep -f '^python3 -m http.server'")).Text);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Runs_that_wait_keep_their_order_and_their_callers_over_a_restart()
    {
        await using TestContainer daemon = await StartAsync();
        await daemon.AddTaskAsync("holder", "touch /tmp/held; until [ -e /tmp/release ]; do sleep 0.02; done", writes: ["src"]);
        await daemon.AddTaskAsync("writer", "echo $NUMBER >>/tmp/order; echo $NUMBER", writes: ["src"]);
        _ = (await daemon.StartTaskAsync("holder")).Ok();
        await daemon.WaitUntilAsync("[ -e /tmp/held ]");
        var writers = new List<Task<CallResult>>();
        for (int n = 0; n < 5; n++)
        {
            writers.Add(daemon.RunTaskAsync("writer", "", ("NUMBER", $"{n}")));

            // Those that it waits for are named in a run too: only the runs themselves are counted.
            await daemon.WaitUntilAsync($"[ $(pv_exec runs --json | python3 -c \"import json, sys; print(sum(run['task'] == 'writer' for run in json.load(sys.stdin)))\") = {n + 1} ]");
        }

        _ = (await daemon.ShellAsync("pv_exec services restart exec")).Text;
        _ = (await daemon.ShellAsync("touch /tmp/release")).Text;

        CallResult[] results = await Task.WhenAll(writers);
        Assert.Equal(["0\n", "1\n", "2\n", "3\n", "4\n"], results.Select(result => result.Text));
        Assert.Equal(["0", "1", "2", "3", "4"], (await daemon.ShellAsync("cat /tmp/order")).Lines);
    }

    [Fact]
    public async Task A_new_program_that_cannot_start_leaves_the_old_instance_in_place()
    {
        await using TestContainer daemon = await StartAsync();
        int before = await PidAsync(daemon, "exec");
        _ = (await daemon.ShellAsync("p=$(readlink -f $(command -v pv-exec)); cp $p /tmp/good; printf '#!/bin/sh\\nexit 3\\n' >/tmp/bad; chmod 755 /tmp/bad; mv /tmp/bad $p")).Text;

        ShellResult refused = await daemon.ShellAsync("pv_exec services restart exec");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("exec", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(before, await PidAsync(daemon, "exec"));
        _ = (await daemon.RunTaskAsync("free", "x")).Ok();
        _ = (await daemon.ShellAsync("mv /tmp/good $(readlink -f $(command -v pv-exec)); pv_exec services restart exec")).Text;
        Assert.NotEqual(before, await PidAsync(daemon, "exec"));
    }

    [Fact]
    public async Task Services_of_another_runtime_directory_are_restarted_where_they_are()
    {
        ContainerSpec spec = ContainerSpec.Daemon with
        {
            User = "1000",
            Arguments = ContainerSpec.DaemonArguments("tree", null, ["--runtime-dir", "/tmp/pv"]),
        };
        await using TestContainer daemon = await TestContainer.StartAsync(spec);
        string before = (await daemon.ShellAsync("pgrep -x pv-exec")).Text;

        ShellResult elsewhere = await daemon.ShellAsync("pv_exec services restart exec");
        _ = (await daemon.ShellAsync("pv_exec services restart exec --runtime-dir /tmp/pv")).Text;

        Assert.NotEqual(0, elsewhere.ExitCode);
        Assert.Contains("--runtime-dir", elsewhere.Errors, StringComparison.Ordinal);
        await daemon.WaitUntilAsync("[ $(pgrep -cx pv-exec) = 1 ]");
        Assert.NotEqual(before, (await daemon.ShellAsync("pgrep -x pv-exec")).Text);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task<TestContainer> StartAsync()
    {
        TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.InMemory);
        await daemon.AddTaskAsync("free", "cat");
        await daemon.AddTaskAsync("scoped", "cat", reads: ["dep"], writes: ["src"]);
        _ = (await daemon.StartProcessAsync("listener", ["python3", "-m", "http.server", "--bind", "127.0.0.1", "0"])).Ok();
        _ = (await daemon.StartProcessAsync("restarted", ["sleep", "1000"])).Ok();
        await daemon.WaitForStateAsync("listener", "RUNNING");
        return daemon;
    }

    private static async Task<int> PidAsync(TestContainer daemon, string service) =>
        (await daemon.ServicesAsync())[service].GetProperty("pid").GetInt32();

    private static void AssertAllAnswered(ShellResult load)
    {
        JsonElement result = JsonDocument.Parse(load.Text).RootElement;
        Assert.Equal("[]", result.GetProperty("failed").GetRawText());
        Assert.Equal("[]", result.GetProperty("wrong").GetRawText());
        Assert.True(result.GetProperty("ok").GetInt32() > Callers);
    }
}
