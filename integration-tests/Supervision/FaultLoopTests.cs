using System.Globalization;
using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>A minute in which one daemon after the other is killed: everything that ran is accounted for.</summary>
public sealed class FaultLoopTests
{
    private const int Seconds = 60;
    private const int Workers = 8;

    /// <summary>Pipes' read ends and output files, of each run that can still be asked for.</summary>
    private const int DescriptorsOfARun = 4;

    /// <summary>What pv-init may have in memory, whatever it went through.</summary>
    private const int MostMemory = 12_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_exit_code_no_byte_no_lock_and_no_descriptor_is_lost(bool terminal)
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.InMemory with
        {
            Terminal = terminal,
            Arguments = ContainerSpec.DaemonArguments("tree", null, "--restart-limit", "0"),
        });
        await AddTasksAsync(daemon);
        int descriptors = await InitDescriptorsAsync(daemon);
        for (int n = 0; n < Workers; n++)
        {
            _ = (await daemon.StartProcessAsync($"talker{n}", ["bash", "/tmp/talker.sh", $"{n}"])).Ok();
        }

        await daemon.WaitUntilAsync($"[ $(wc -l </tmp/talkers) = {Workers} ]");
        Task<ShellResult> load = daemon.ShellAsync($"python3 /tmp/client/fault_load.py {Seconds}");
        ShellResult kills = await daemon.ShellAsync($"python3 /tmp/client/kill_services.py {Seconds}");
        JsonElement runs = JsonDocument.Parse((await load).Text).RootElement;

        Assert.True(int.Parse(kills.Text, CultureInfo.InvariantCulture) >= 8, kills.Text);
        Assert.Equal("[]", runs.GetProperty("faults").GetRawText());
        Assert.True(runs.GetProperty("answered").GetInt32() > 0, runs.GetRawText());
        Assert.NotEqual(0, (await daemon.ShellAsync("cat /tmp/violations")).ExitCode);
        // Each was started once, and lives.
        Assert.Equal(Workers, (await daemon.ShellAsync("cat /tmp/talkers")).Lines.Length);
        _ = (await daemon.ShellAsync("kill -0 $(cat /tmp/talkers)")).Text;
        await AssertLogsAsync(daemon);

        // Every scope is free, nobody is left unreaped, and pv-init holds what the runs that can be asked for need.
        Assert.Equal("free\n", (await daemon.RunTaskAsync("all_scopes")).Text);
        await daemon.WaitUntilAsync("! ps -eo stat= | grep -q ^Z");
        int kept = JsonDocument.Parse((await daemon.ShellAsync("python3 /tmp/client/count_runs.py")).Text).RootElement.GetInt32();
        Assert.InRange(await InitDescriptorsAsync(daemon), 1, descriptors + (DescriptorsOfARun * (kept + Workers)) + 16);
        Assert.InRange(await InitMemoryAsync(daemon), 1, MostMemory);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task AddTasksAsync(TestContainer daemon)
    {
        for (int n = 0; n < Workers; n++)
        {
            string scope = $"s{n % 4}";
            await daemon.AddTaskAsync($"work{n}", $$"""
                #!/bin/bash
                : >/tmp/truth/$TOKEN.started
                mkdir /tmp/lock-{{scope}} || echo $TOKEN >>/tmp/violations
                for ((i = 0; i < COUNT; i++)); do
                    echo "$TOKEN $i"
                    ((i % 40)) || { echo "note $i" >&2; sleep 0.01; }
                done
                rmdir /tmp/lock-{{scope}}
                exit $CODE
                """, writes: [scope]);
        }

        await daemon.AddTaskAsync("all_scopes", "echo free", writes: ["s0", "s1", "s2", "s3"]);
        await daemon.WriteAsync("/tmp/talker.sh", """
            echo $$ >>/tmp/talkers
            for ((i = 0; ; i++)); do
                echo $i
                [ ! -e /tmp/quiet ] || { echo $((i + 1)) >/tmp/said$1; exit; }
                sleep 0.005
            done
            """);
        _ = (await daemon.ShellAsync("mkdir /tmp/truth")).Text;
    }

    /// <summary>What the processes said is in their logs, line after line.</summary>
    private static async Task AssertLogsAsync(TestContainer daemon)
    {
        _ = (await daemon.ShellAsync("touch /tmp/quiet")).Text;
        for (int n = 0; n < Workers; n++)
        {
            await daemon.WaitForStateAsync($"talker{n}", "FINISHED");
            await daemon.WaitUntilAsync($"[ $(wc -l <{Paths.Runtime}/state/process/logs/talker{n}.log) = $(cat /tmp/said{n}) ]");
            Assert.Equal("", (await daemon.ShellAsync($"diff {Paths.Runtime}/state/process/logs/talker{n}.log <(seq 0 $(($(cat /tmp/said{n}) - 1))) | head -3")).Text);
        }
    }

    /// <returns>Bytes.</returns>
    private static async Task<int> InitMemoryAsync(TestContainer daemon) =>
        1024 * int.Parse((await daemon.ShellAsync("awk '$1 == \"VmRSS:\" { print $2 }' /proc/1/status")).Text, CultureInfo.InvariantCulture);

    private static async Task<int> InitDescriptorsAsync(TestContainer daemon) =>
        int.Parse((await daemon.ShellAsync("ls /proc/1/fd | wc -l")).Text, CultureInfo.InvariantCulture);
}
