using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Processes;

/// <summary>Freezes with the kernel's own control groups, in a container that may write its own.</summary>
public sealed class FreezeTests : IAsyncLifetime
{
    private const string Groups = "/tmp/groups";
    private const string OfTheLeader = Groups + "$(cut -d: -f3 /proc/$(cat /tmp/leader)/cgroup | tail -n 1)/cgroup.events";

    private TestContainer _machine = null!;

    public async ValueTask InitializeAsync()
    {
        _machine = await TestContainer.StartAsync(ContainerSpec.Idle with { MayMount = true, OwnGroups = true });
        string arguments = string.Join(' ', ContainerSpec.DaemonArguments("tree"));
        _ = (await _machine.ShellAsync($"mkdir {Groups} && mount -t cgroup2 none {Groups} && {{ setsid pv-init {arguments} >/tmp/daemon.log 2>&1 & }}")).Text;
        await _machine.WaitUntilAsync(TestContainer.Answers);
    }

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task The_kernel_holds_a_process_and_what_left_its_group_is_stopped_until_the_thaw()
    {
        await StartAsync();

        await FreezeAsync();

        Assert.Equal("frozen 1", (await _machine.ShellAsync($"grep frozen {OfTheLeader}")).Text);
        Assert.DoesNotContain('T', await StateAsync("/tmp/leader"));
        Assert.Equal("T", await StateAsync("/tmp/stray"));

        _ = (await _machine.ShellAsync("touch /tmp/thaw")).Text;
        await _machine.WaitUntilAsync("grep thawed /tmp/asked");
        Assert.Equal("frozen 0", (await _machine.ShellAsync($"grep frozen {OfTheLeader}")).Text);
        Assert.NotEqual("T", await StateAsync("/tmp/stray"));
        await GoesOnAsync();
    }

    [Theory]
    [InlineData("cat /tmp/asker")]
    [InlineData("pgrep -x pv-process")]
    public async Task A_freeze_ends_when_who_asked_for_it_or_who_holds_it_is_killed(string whom)
    {
        await StartAsync();
        await FreezeAsync();

        _ = (await _machine.ShellAsync("kill -KILL $($1)", whom)).Text;

        await _machine.WaitUntilAsync($"grep 'frozen 0' {OfTheLeader}");
        await _machine.WaitUntilAsync("[ \"$(awk '{ print $3 }' /proc/$(cat /tmp/stray)/stat)\" != T ]");
        await GoesOnAsync();
    }

    // Two that count: one that stays in its group, and one that leaves it.
    private async Task StartAsync()
    {
        // So that the numbers of children and of groups are not the same.
        await _machine.AddTaskAsync("brief", "exit 0");
        for (int i = 0; i < 3; i++)
        {
            _ = (await _machine.RunTaskAsync("brief")).Ok();
        }

        const string Count = "i=0; while :; do echo $((i++)) >/tmp/count.$1; done";
        await _machine.WriteAsync("/tmp/count.sh", $"echo $$ >/tmp/$1; {Count}\n");
        _ = (await _machine.StartProcessAsync(
            "two", ["bash", "-c", $"(echo $BASHPID >{Groups}/cgroup.procs; exec setsid bash /tmp/count.sh stray) & exec bash /tmp/count.sh leader"])).Ok();
        await _machine.WaitUntilAsync("[ -s /tmp/count.leader ] && [ -s /tmp/count.stray ]");
    }

    private async Task FreezeAsync()
    {
        await _machine.WriteAsync("/tmp/freeze.py", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Client", "freeze.py")));
        _ = (await _machine.ShellAsync($"{{ /usr/bin/python3 /tmp/freeze.py {Paths.Runtime}/bus /tmp/thaw >/tmp/asked 2>&1 & echo $! >/tmp/asker; }}")).Text;
        await _machine.WaitUntilAsync("grep frozen /tmp/asked");
    }

    private async Task<string> StateAsync(string of) => (await _machine.ShellAsync("awk '{ print $3 }' /proc/$(cat \"$1\")/stat", of)).Text;

    private Task GoesOnAsync() => _machine.WaitUntilAsync("for who in leader stray; do was=$(cat /tmp/count.$who); until [ \"$(cat /tmp/count.$who)\" != \"$was\" ]; do :; done; done");
}
