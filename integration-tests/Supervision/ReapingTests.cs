using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>The first process of a container inherits every orphan, and must not lose an exit code over it.</summary>
public sealed class ReapingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Orphans_are_reaped_and_every_exit_code_is_right(bool terminal)
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.Daemon with { Terminal = terminal });
        await daemon.AddTaskAsync("orphans", "for i in 1 2 3 4 5; do (sleep 0.0$i & ) ; done; exit $CODE");

        CallResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => daemon.RunTaskAsync("orphans", "", ("CODE", $"{n}"))));

        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"{n}"), results.Select(result => result.Ok().Trailers["pv-exit-code"]));
        await daemon.WaitUntilAsync("! ps -eo stat= | grep -q ^Z");
        Assert.Equal("pv-init", (await daemon.ShellAsync("cat /proc/1/comm")).Text);
        // docker stop works with and without a terminal.
        Assert.Equal(0, await daemon.StopAsync());
    }
}
