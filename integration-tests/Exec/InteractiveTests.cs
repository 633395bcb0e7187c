using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>RunInteractive through the front, by a stock Python client.</summary>
public sealed class InteractiveTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const int Bytes = 10_000_000;

    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task Ten_megabytes_come_back_as_they_were_sent()
    {
        await _daemon.AddTaskAsync("echo", "exec cat");
        JsonElement seen = await TalkAsync($"echo echo {Bytes}");
        Assert.Equal((0, 0, Bytes, true), Stream(seen));
    }

    [Fact]
    public async Task A_kill_of_the_service_in_the_middle_breaks_the_call_and_with_the_token_no_byte_is_lost_or_doubled()
    {
        await _daemon.AddTaskAsync("echo-kill", "exec cat");
        JsonElement seen = await TalkAsync($"kill echo-kill {Bytes}");
        Assert.NotEqual(0, seen.GetProperty("breaks").GetInt32());
        Assert.Equal((0, Bytes, true), (seen.GetProperty("code").GetInt32(), seen.GetProperty("bytes").GetInt32(), seen.GetProperty("same").GetBoolean()));
    }

    [Fact]
    public async Task Restarts_of_the_service_in_the_middle_are_not_seen_by_the_call()
    {
        await _daemon.AddTaskAsync("echo-restart", "exec cat");
        JsonElement seen = await TalkAsync($"restart echo-restart {Bytes}");
        Assert.Equal((0, 0, Bytes, true), Stream(seen));
    }

    [Fact]
    public async Task A_task_on_a_terminal_knows_its_name_and_size_and_is_interrupted_by_what_is_typed()
    {
        await _daemon.AddTaskAsync("on-terminal", """
            trap 'echo interrupted; exit 3' INT
            tty; tty </dev/tty; echo "$TERM"; stty size; echo first
            read -r line
            echo "$line"; stty size; echo second
            while :; do sleep 1000; done
            """);
        JsonElement seen = await TalkAsync("terminal on-terminal");
        string[] lines = seen.GetProperty("output").GetString()!.Split("\r\n");
        Assert.StartsWith("/dev/pts/", lines[0], StringComparison.Ordinal);
        Assert.Equal(["/dev/tty", "xterm-256color", "24 80", "first", "go", "go", "30 100", "second", "^Cinterrupted", ""], lines[1..]);
        Assert.Equal(3, seen.GetProperty("code").GetInt32());
    }

    private static (int Code, int Breaks, int Bytes, bool Same) Stream(JsonElement seen) => (
        seen.GetProperty("code").GetInt32(), seen.GetProperty("breaks").GetInt32(), seen.GetProperty("bytes").GetInt32(), seen.GetProperty("same").GetBoolean());

    private async Task<JsonElement> TalkAsync(string arguments)
    {
        await _daemon.GenerateClientAsync();
        return JsonDocument.Parse((await _daemon.ShellAsync($"cd /tmp/client && timeout 120 python3 interactive.py {arguments}")).Text).RootElement;
    }
}
