using System.Diagnostics;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

public sealed class StopTests : IAsyncLifetime
{
    private readonly StoreVolume _store = new();

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Stopping_ends_what_runs_and_then_saves_what_it_left()
    {
        ContainerSpec spec = ContainerSpec.InMemory with { Store = _store.Volume };
        await using (TestContainer daemon = await TestContainer.StartAsync(spec))
        {
            const string Farewell = "trap 'echo process >/srv/worktree/process; exit' TERM; touch /tmp/ready; while :; do sleep 0.02; done";
            await daemon.AddTaskAsync("farewell", "trap 'echo task >/srv/worktree/task; exit' TERM; touch /tmp/running; while :; do sleep 0.02; done", writes: ["src"]);
            _ = (await daemon.StartProcessAsync("farewell", ["bash", "-c", Farewell])).Ok();
            _ = (await daemon.StartTaskAsync("farewell")).Ok();
            await daemon.WaitUntilAsync("[ -e /tmp/ready ] && [ -e /tmp/running ]");
            long started = Stopwatch.GetTimestamp();

            Assert.Equal(0, await daemon.StopAsync());

            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        await using TestContainer second = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("clone", "tree") });
        Assert.Equal(["process", "task"], (await second.ShellAsync($"cat {Paths.Worktree}/process {Paths.Worktree}/task")).Lines);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_what_ignores_it()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.InMemory);
        _ = (await daemon.StartProcessAsync("stubborn", ["bash", "-c", "trap '' TERM INT HUP; touch /tmp/ready; while :; do sleep 1; done"])).Ok();
        await daemon.WaitUntilAsync("[ -e /tmp/ready ]");

        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Below_another_init_it_adopts_orphans_and_leaves_nothing_behind()
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        await machine.AddTaskAsync("orphan", "(setsid sleep 6001 &)");
        string arguments = string.Join(' ', ContainerSpec.DaemonArguments("tree"));
        _ = (await machine.ShellAsync($"setsid pv_exec daemon {arguments} >/tmp/daemon.log 2>&1 & echo $! >/tmp/daemon.pid")).Text;
        await machine.WaitUntilAsync(TestContainer.Answers);
        _ = (await machine.RunTaskAsync("orphan")).Ok();
        await machine.WaitUntilAsync("pgrep -f '^sleep 6001'");

        _ = (await machine.ShellAsync("kill $(pgrep -x pv-init)")).Text;
        await machine.WaitUntilAsync("! pgrep -x pv-init");

        Assert.Equal("", (await machine.ShellAsync("pgrep -x 'pv-.*'; pgrep -f '^sleep 6001'; true")).Text);
    }

    [Theory]
    [InlineData("pv-init")]
    [InlineData("pv_exec daemon")]
    public async Task With_standard_descriptors_closed_none_of_its_own_files_takes_their_place(string program)
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        await machine.AddTaskAsync("says", "echo done");
        string arguments = string.Join(' ', ContainerSpec.DaemonArguments("tree"));

        _ = await machine.ShellAsync($"(exec 0<&- 1>&- 2>&-; exec setsid {program} {arguments}) &");
        await machine.WaitUntilAsync(TestContainer.Answers);

        Assert.Equal("/ / /", (await machine.ShellAsync("cd /proc/$(pgrep -x pv-init)/fd && echo $(readlink 0) $(readlink 1) $(readlink 2)")).Text);
        Assert.Equal("done", (await machine.ShellAsync("pv_exec exec -w says")).Text);
    }
}
