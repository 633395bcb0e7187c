namespace PvExec.IntegrationTests.Rig;
public class RigTests
{
    [Fact] public async Task Idle() {
        await using var c = await TestContainer.StartAsync(ContainerSpec.Idle);
        Assert.Equal("a b", (await c.ShellAsync("echo \"$1\"", "a b")).Text);
        await c.AddTaskAsync("x", "echo hi");
        Assert.Equal("UNAVAILABLE", (await c.RunTaskAsync("x", "d", ("A", "b"))).Code);
    }
    [Fact] public async Task Tty() {
        await using var c = await TestContainer.StartAsync(ContainerSpec.Idle with { Entrypoint = ["bash", "-c", "tty; exec sleep 1000"], Terminal = true, MayMount = true, User = "1000" });
        Assert.Equal("1000", (await c.ShellAsync("id -u")).Text);
        Assert.Contains("/dev/pts", await c.LogsAsync());
        Assert.Equal(137, await c.StopAsync());
    }
}
