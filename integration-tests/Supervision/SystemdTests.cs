using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>The same programs as units of systemd; a script plays its part with the unit files as they are.</summary>
public sealed class SystemdTests
{
    [Fact]
    public async Task As_units_the_services_start_restart_and_stop_and_what_runs_does_not_notice()
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        await machine.AddTaskAsync("hold", "touch /tmp/held; until [ -e /tmp/release ]; do sleep 0.02; done; exit 5", writes: ["src"]);
        await machine.AddTaskAsync("after", "touch /tmp/after; echo after", writes: ["src"]);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Systemd")))
        {
            await machine.WriteAsync("/tmp/units/" + Path.GetFileName(file), await File.ReadAllTextAsync(file));
        }

        await machine.GenerateClientAsync();
        JsonElement seen = JsonDocument.Parse((await machine.ShellAsync("python3 /tmp/client/systemd_player.py /tmp/units")).Text).RootElement;

        Assert.Equal("""{"exec": [0, true], "process": [0, true], "worktree": [0, true], "front": [0, true]}""", seen.GetProperty("restarts").GetRawText());
        Assert.True(seen.GetProperty("same process").GetBoolean());
        Assert.Equal(0, seen.GetProperty("port leads there").GetInt32());
        Assert.True(seen.GetProperty("waits for the lock").GetBoolean());
        Assert.Equal("after\n", seen.GetProperty("after").GetString());
        Assert.Equal("[5]", seen.GetProperty("exit code").GetRawText());
        Assert.Equal(0, seen.GetProperty("last save").GetInt32());
        Assert.Equal("""{"worktree": 0, "front": 0, "process": 0, "exec": 0, "init": 0}""", seen.GetProperty("stops").GetRawText());
        Assert.Equal("", seen.GetProperty("left").GetString());
    }
}
