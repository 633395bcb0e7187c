using System.Globalization;
using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>Random tasks with random scopes while pv-exec is killed, checked by what the tasks themselves wrote down.</summary>
public sealed class ModelTests
{
    /// <summary>No more than can be asked for afterwards.</summary>
    private const int Calls = 240;

    private const int Seconds = 30;
    private static readonly string[] s_scopes = ["src", "src/app", "src/app/pages", "src/lib", "dep", "src-old"];

    [Fact]
    public async Task No_two_in_conflict_run_at_once_and_each_that_was_started_ends_with_its_own_exit_code()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon with
        {
            Arguments = ContainerSpec.DaemonArguments("tree", null, "--restart-limit", "0"),
        });
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var tasks = new Dictionary<string, object>();
        for (int i = 0; i < 8; i++)
        {
            string[] some = [.. random.GetItems(s_scopes, random.Next(1, 3)).Distinct()];
            string[] reads = random.Next(2) == 0 ? some : some[1..];
            string[] writes = [.. some.Except(reads)];
            await daemon.AddTaskAsync($"model{i}", $$"""
                #!/bin/bash
                echo "in model{{i}} $TOKEN" >>/dev/shm/model.log
                sleep $PAUSE
                printf %s $TOKEN
                echo "out model{{i}} $TOKEN $CODE" >>/dev/shm/model.log
                exit $CODE
                """, reads: reads, writes: writes);
            tasks.Add($"model{i}", new { reads, writes });
        }

        await daemon.GenerateClientAsync();
        ShellResult load = await daemon.ShellAsync(
            "python3 /tmp/client/model_load.py \"$1\" \"$2\" \"$3\"",
            Calls.ToString(CultureInfo.InvariantCulture), Seconds.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(tasks));
        JsonElement found = JsonDocument.Parse(load.Text).RootElement;

        Assert.True(found.GetProperty("faults").GetArrayLength() == 0, $"tasks of seed {seed}: {found}");
        Assert.True(found.GetProperty("runs").GetInt32() > Calls / 4, found.ToString());
        Assert.True(found.GetProperty("kills").GetInt32() > 0, found.ToString());
    }
}
