using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Scopes as a stock client watches and holds them through the front port, and as the command shows them.</summary>
public sealed class ScopeWatchTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task A_watcher_sees_a_task_hold_its_scope_and_free_it()
    {
        await _daemon.AddTaskAsync("seen", "until [ -e /tmp/seen ]; do sleep 0.02; done", writes: ["watched/one"]);
        await StartAsync("watched", "watch watched");
        await _daemon.WaitUntilAsync("grep -q is_all /tmp/watched");
        _ = (await _daemon.ShellAsync("nohup pv_exec scopes --watch --json watched >/tmp/watched.cli 2>&1 </dev/null &")).Text;

        Task<CallResult> call = _daemon.RunTaskAsync("seen");
        await _daemon.WaitUntilAsync("grep -q '\"holders\".*\"seen\"' /tmp/watched && grep -q '\"reason\":\"seen\"' /tmp/watched.cli");
        _ = (await _daemon.ShellAsync("touch /tmp/seen")).Text;
        string run = (await call).Ok().Trailers["pv-run-id"];
        await _daemon.WaitUntilAsync("tail -n 1 /tmp/watched | grep -qx '{\"scopes\": \\[{\"scope\": \"watched/one\"}\\]}'");
        await _daemon.WaitUntilAsync("tail -n 1 /tmp/watched.cli | grep -q '\"holders\":\\[\\]'");

        JsonElement held = (await LinesAsync("watched")).Single(line => line.GetRawText().Contains("holders", StringComparison.Ordinal)).GetProperty("scopes")[0];
        Assert.Equal("watched/one", held.GetProperty("scope").GetString());
        Assert.Equal(run, held.GetProperty("holders")[0].GetProperty("holder").GetString());
    }

    [Fact]
    public async Task A_hold_keeps_a_task_from_running_and_ends_with_its_client()
    {
        await _daemon.AddTaskAsync("kept-out", "touch /tmp/kept-out", writes: ["held/a"]);
        string client = await StartAsync("holder", "hold me held");
        await _daemon.WaitUntilAsync("grep -q '\"held\"' /tmp/holder");

        Task<CallResult> call = _daemon.RunTaskAsync("kept-out");
        await _daemon.WaitUntilAsync("pv_exec scopes held | grep -q 'waits .*kept-out'");
        string[] rows = (await _daemon.ShellAsync("pv_exec scopes held")).Lines;
        Assert.Contains(rows, row => row.StartsWith("held ", StringComparison.Ordinal) && row.Contains("holds  write", StringComparison.Ordinal) && row.Contains("a test", StringComparison.Ordinal));
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/kept-out ]")).ExitCode);

        _ = (await _daemon.ShellAsync("kill -9 $1", client)).Text;
        _ = (await call.WaitAsync(TimeSpan.FromSeconds(10))).Ok();
        Assert.Equal(0, (await _daemon.ShellAsync("[ -e /tmp/kept-out ]")).ExitCode);
    }

    [Fact]
    public async Task A_hold_goes_on_over_a_restart_and_one_that_waits_keeps_its_place()
    {
        await _daemon.AddTaskAsync("never-between", "touch /tmp/between", writes: ["kept"]);
        string client = await StartAsync("first", "hold first kept");
        await _daemon.WaitUntilAsync("grep -q '\"held\"' /tmp/first");
        string second = await StartAsync("second", "hold second kept");
        await _daemon.WaitUntilAsync("grep -q '\"first\"' /tmp/second");
        Task<CallResult> task = _daemon.RunTaskAsync("never-between");
        await _daemon.WaitUntilAsync("pv_exec scopes kept | grep -q never-between");

        for (int i = 0; i < 3; i++)
        {
            _ = (await _daemon.ShellAsync("pv_exec services restart exec")).Text;
        }

        Assert.Equal(["first", "never-between", "second"], (await _daemon.ShellAsync("pv_exec scopes kept --json | grep -oE '\"(first|second|never-between)\"' | tr -d '\"' | sort")).Lines);
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/between ]")).ExitCode);
        Assert.Single(await LinesAsync("first"));

        _ = (await _daemon.ShellAsync("kill -9 $1", client)).Text;
        await _daemon.WaitUntilAsync("grep -q '\"held\"' /tmp/second");
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/between ]")).ExitCode);
        _ = (await _daemon.ShellAsync("kill -9 $1", second)).Text;
        _ = (await task.WaitAsync(TimeSpan.FromSeconds(30))).Ok();
    }

    [Fact]
    public async Task A_kill_of_the_service_ends_the_stream_and_frees_its_scopes()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon);
        await daemon.AddTaskAsync("after", "true", writes: ["lost"]);
        await daemon.GenerateClientAsync();
        _ = (await daemon.ShellAsync("nohup python3 /tmp/client/scopes.py hold me lost >/tmp/lost 2>&1 </dev/null &")).Text;
        await daemon.WaitUntilAsync("grep -q '\"held\"' /tmp/lost");

        _ = (await daemon.ShellAsync("kill -9 $(pgrep -x pv-exec)")).Text;

        await daemon.WaitUntilAsync("grep -q '\"code\": \"UNAVAILABLE\"' /tmp/lost");
        await daemon.WaitUntilAsync(TestContainer.Answers);
        _ = (await daemon.RunTaskAsync("after")).Ok();
    }

    [Fact]
    public async Task A_name_that_no_task_has_is_refused_with_a_status_that_says_which()
    {
        _ = (await _daemon.ShellAsync("ln -sfn /tmp $1/outside", Paths.OwnTasks)).Text;
        await _daemon.GenerateClientAsync();
        string[] lines = (await _daemon.ShellAsync("python3 /tmp/client/scopes.py names")).Lines;

        Assert.Equal(27, lines.Length);
        foreach (JsonElement answer in lines.Select(line => JsonDocument.Parse(line).RootElement))
        {
            string name = answer.GetProperty("name").GetString()!;
            string expected = name is "none" or "deep" ? "NOT_FOUND" : "INVALID_ARGUMENT";
            Assert.Equal((name, expected), (name, answer.GetProperty("code").GetString()));
            string says = name switch
            {
                "up" => "'../x'", "absolute" => "'/etc'", "link" => "'outside'", "nul" => "'a\\x00b'", "none" => "'no-such-task'",
                "empty" => "empty", "deep" => "'x/x/", _ => "'xxx",
            };
            Assert.Contains(says, answer.GetProperty("details").GetString(), StringComparison.Ordinal);
        }

        _ = (await _daemon.ShellAsync("rm $1/outside", Paths.OwnTasks)).Text;
    }

    /// <summary>Starts the client, whose output goes to /tmp/NAME.</summary>
    /// <returns>Its pid.</returns>
    private async Task<string> StartAsync(string name, string words)
    {
        await _daemon.GenerateClientAsync();
        return (await _daemon.ShellAsync($"nohup python3 /tmp/client/scopes.py {words} >/tmp/{name} 2>&1 </dev/null & echo $!")).Text.Trim();
    }

    private async Task<JsonElement[]> LinesAsync(string name) =>
        [.. (await _daemon.ShellAsync($"cat /tmp/{name}")).Lines.Select(line => JsonDocument.Parse(line).RootElement)];
}
