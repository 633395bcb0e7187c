using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>Any daemon may be killed at any time: tasks and processes do not notice, callers wait or are told to retry.</summary>
public sealed class KilledDaemonTests
{
    [Theory]
    [InlineData("front")]
    [InlineData("exec")]
    [InlineData("process")]
    [InlineData("worktree")]
    public async Task A_killed_daemon_is_back_and_what_ran_runs_on(string service)
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.InMemory);
        await daemon.AddTaskAsync("holder", "echo $$ >/tmp/holder; until [ -e /tmp/release ]; do sleep 0.02; done; echo holder >>/tmp/order", writes: ["src"]);
        await daemon.AddTaskAsync("next", "echo next >>/tmp/order", writes: ["src"]);
        await daemon.AddTaskAsync("quick", "echo quick");
        _ = (await daemon.StartProcessAsync("web", ["python3", "-m", "http.server", "--bind", "127.0.0.1", "0"], 24000)).Ok();
        await daemon.WaitForStateAsync("web", "RUNNING");
        await daemon.WaitUntilAsync("curl -sf http://127.0.0.1:24000/");
        _ = (await daemon.StartTaskAsync("holder")).Ok();
        await daemon.WaitUntilAsync("[ -s /tmp/holder ]");
        _ = (await daemon.ShellAsync($"echo kept >{Paths.Worktree}/kept")).Text;
        string alive = await PidsAsync(daemon);
        int killed = (await daemon.ServicesAsync())[service].GetProperty("pid").GetInt32();

        Task<ShellResult> calls = daemon.ShellAsync("python3 /tmp/client/keep_calling.py 4");
        await daemon.WaitUntilAsync("[ -e /tmp/calling ]");
        _ = (await daemon.ShellAsync($"kill -KILL {killed}")).Text;
        await daemon.WaitUntilAsync($"pv_exec services --json | python3 /opt/client/is_back.py {service} {killed}");

        Assert.Equal(alive, await PidsAsync(daemon));
        await daemon.WaitForStateAsync("web", "RUNNING");
        await daemon.WaitUntilAsync("curl -sf http://127.0.0.1:24000/");
        Assert.Equal("kept", (await daemon.ShellAsync($"cat {Paths.Worktree}/kept")).Text);
        Dictionary<string, int> codes = JsonSerializer.Deserialize<Dictionary<string, int>>((await calls).Text)!;
        Assert.Contains("OK", codes.Keys);
        Assert.DoesNotContain(codes.Keys, code => code is not ("OK" or "UNAVAILABLE"));

        // The lock is still the holder's, whoever was killed: the next writer comes after it.
        _ = (await daemon.StartTaskAsync("next")).Ok();
        _ = (await daemon.RunTaskAsync("quick")).Ok();
        Assert.NotEqual(0, (await daemon.ShellAsync("[ -e /tmp/order ]")).ExitCode);
        _ = (await daemon.ShellAsync("touch /tmp/release")).Text;
        await daemon.WaitUntilAsync("grep -q next /tmp/order");
        Assert.Equal(["holder", "next"], (await daemon.ShellAsync("cat /tmp/order")).Lines);
        _ = (await daemon.CallAsync("Save", new { })).Ok();
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task<string> PidsAsync(TestContainer daemon) =>
        (await daemon.ShellAsync("cat /tmp/holder; pgrep -f '^python3 -m http.server'; kill -0 $(cat /tmp/holder)")).Text;
}
