using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Worktrees;

/// <summary>A tree goes into a store in one container and comes out of it in another.</summary>
public sealed class SaveAndLoadTests : IAsyncLifetime
{
    private readonly StoreVolume _store = new();

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(true, false, null)]
    [InlineData(false, false, null)]
    [InlineData(true, true, null)]
    [InlineData(false, false, "1000")]
    public async Task Everything_in_an_odd_tree_survives(bool memory, bool terminal, string? user)
    {
        string[] more = user is null ? [] : ["--runtime-dir", "/tmp/pv"];
        ContainerSpec spec = ContainerSpec.Daemon with { MayMount = memory, Terminal = terminal, User = user, Store = _store.Volume };
        string[] before;
        await using (TestContainer first = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("tree", null, more) }))
        {
            Assert.Equal(memory ? "tmpfs" : "", (await first.ShellAsync($"findmnt -no FSTYPE {Paths.Worktree} || true")).Text);
            await first.MakeOddTreeAsync(Paths.Worktree);
            before = await first.ListTreeAsync();
            Assert.Equal(0, await first.StopAsync());
        }

        await using TestContainer second = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("clone", "tree", more) });

        TestContainer.AssertSameTree(before, await second.ListTreeAsync());
    }

    [Fact]
    public async Task Sixteen_thousand_files_saved_and_loaded_and_saved_again_upload_nothing()
    {
        const string Make = """
            import os, random
            random.seed(1)
            for n in range(16000):
                directory = f"/srv/worktree/d{n % 400}/e{n % 7}"
                os.makedirs(directory, exist_ok=True)
                with open(f"{directory}/f{n}", "w") as file:
                    file.write(f"file {n}\n" + " ".join(str(random.random()) for _ in range(random.randrange(600))))
            """;
        ContainerSpec spec = ContainerSpec.InMemory with { Store = _store.Volume };
        string[] before;
        await using (TestContainer first = await TestContainer.StartAsync(spec))
        {
            _ = (await first.ShellAsync("python3 -c \"$1\"", Make)).Text;
            before = await first.ListTreeAsync();
            _ = (await first.CallAsync("Save", new { })).Ok();
            Assert.Equal(0, await first.StopAsync());
        }

        await using TestContainer second = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("tree", "tree") });
        TestContainer.AssertSameTree(before, await second.ListTreeAsync());
        string[] stored = await second.ListStoreAsync();

        _ = (await second.CallAsync("Save", new { })).Ok();

        Assert.True(before.Length > 16000);
        Assert.Equal(stored, await second.ListStoreAsync());
    }

    [Fact]
    public async Task A_change_uploads_little_more_than_itself()
    {
        await using TestContainer daemon = await TestContainer.StartAsync(ContainerSpec.InMemory);
        _ = (await daemon.ShellAsync($"head -c 30000000 /dev/urandom >{Paths.Worktree}/big; echo one >{Paths.Worktree}/small")).Text;
        _ = (await daemon.CallAsync("Save", new { })).Ok();
        long before = await StoredBytesAsync(daemon);

        _ = (await daemon.ShellAsync($"echo two >{Paths.Worktree}/small")).Text;
        _ = (await daemon.CallAsync("Save", new { })).Ok();

        Assert.InRange(await StoredBytesAsync(daemon) - before, 1, 20_000);
    }

    [Fact]
    public async Task A_clone_does_not_touch_its_source()
    {
        ContainerSpec spec = ContainerSpec.InMemory with { Store = _store.Volume };
        await using (TestContainer first = await TestContainer.StartAsync(spec))
        {
            _ = (await first.ShellAsync($"echo original >{Paths.Worktree}/file")).Text;
            Assert.Equal(0, await first.StopAsync());
        }

        await using (TestContainer clone = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("clone", "tree") }))
        {
            _ = (await clone.ShellAsync($"echo changed >{Paths.Worktree}/file")).Text;
            Assert.Equal(0, await clone.StopAsync());
        }

        await using TestContainer source = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("other", "tree") });
        Assert.Equal("original", (await source.ShellAsync($"cat {Paths.Worktree}/file")).Text);
        await using TestContainer again = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("another", "clone") });
        Assert.Equal("changed", (await again.ShellAsync($"cat {Paths.Worktree}/file")).Text);
    }

    private static async Task<long> StoredBytesAsync(TestContainer daemon) =>
        long.Parse((await daemon.ShellAsync($"find {Paths.Store} -type f -printf '%s\\n' | awk '{{ s += $1 }} END {{ print s }}'")).Text, null);
}
