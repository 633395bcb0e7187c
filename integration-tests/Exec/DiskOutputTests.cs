using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Output that is kept on disk. The directory is a file system of 64 MiB, as Docker makes /dev/shm.</summary>
public sealed class DiskOutputTests : IAsyncLifetime
{
    private const string Directory = "/dev/shm";
    private const int Mebibyte = 1 << 20;

    private TestContainer _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await TestContainer.StartAsync(
        ContainerSpec.Daemon with { Environment = new Dictionary<string, string> { ["PV_EXEC_OUTPUT_DIR"] = Directory } });

    public ValueTask DisposeAsync() => _daemon?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task It_outlives_a_killed_exec_and_leaves_nothing_behind()
    {
        await _daemon.AddTaskAsync("lots", "head -c 20971520 /dev/zero | tr '\\0' a; until [ -e /tmp/release ]; do sleep 0.02; done; echo end");
        _ = await _daemon.CallTasksAsync("GetRun", new { run_id = "x" });
        _ = await _daemon.ShellAsync("""python3 /tmp/client/call_tasks.py Run '{"task_name":"lots","output":{"head_bytes":"33554432","on_disk":true},"on_disconnect":3}' >/tmp/told 2>&1 &""");
        await _daemon.WaitUntilAsync($"[ $(df --output=used -B1M {Directory} | tail -1) -ge 20 ]");
        string run = (await _daemon.ShellAsync("pv_exec runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0][\"id\"])'")).Text;
        int killed = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();
        _ = (await _daemon.ShellAsync("kill -KILL $1; touch /tmp/release", $"{killed}")).Text;

        RunEvents events = await _daemon.CallTasksAsync("Attach", new { run_id = run });

        byte[] output = events.Bytes("OUTPUT_STREAM_STDOUT");
        Assert.Equal((20 * Mebibyte) + 4, output.Length);
        Assert.Equal(-1, output.AsSpan(0, 20 * Mebibyte).IndexOfAnyExcept((byte)'a'));
        Assert.Equal(0, events.Missing);
        Assert.Equal("", (await _daemon.ShellAsync($"ls -A {Directory}")).Text);
    }

    [Fact]
    public async Task A_full_disk_neither_stops_the_task_nor_hides_what_is_missing()
    {
        await _daemon.AddTaskAsync("flood", "head -c 104857600 /dev/zero | tr '\\0' b; exit 5");

        RunEvents events = await _daemon.CallTasksAsync("Run", new { task_name = "flood", output = new { head_bytes = "209715200", on_disk = true } });

        Assert.Equal(5, events.One("exited").GetProperty("code").GetInt32());
        byte[] output = events.Bytes("OUTPUT_STREAM_STDOUT");
        Assert.Equal(-1, output.AsSpan().IndexOfAnyExcept((byte)'b'));
        Assert.InRange(events.Missing, 30 * Mebibyte, 60 * Mebibyte);
        Assert.Equal(100 * Mebibyte, output.Length + events.Missing);
        Assert.Equal(1, (await _daemon.WaitForLogAsync("a part of its output is not kept")).Split("a part of its output is not kept").Length - 1);
    }

    [Fact]
    public async Task More_than_there_may_be_in_memory_is_refused_with_what_to_do()
    {
        await _daemon.AddTaskAsync("small", "true");

        RunEvents events = await _daemon.CallTasksAsync("Run", new { task_name = "small", output = new { head_bytes = "33554432" } });

        Assert.Equal("INVALID_ARGUMENT", events.Code);
        Assert.Contains("on_disk", events.Details, StringComparison.Ordinal);
    }
}
