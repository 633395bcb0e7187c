using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Worktrees;

/// <summary>A real JavaScript project, installed by our task, run, saved, loaded elsewhere and run again.</summary>
public sealed class NpmProjectTests : IAsyncLifetime
{
    private readonly StoreVolume _store = new();

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_installed_project_is_the_same_after_a_load_and_its_server_runs()
    {
        ContainerSpec spec = ContainerSpec.InMemory with { Store = _store.Volume, NpmProject = NpmProject.Directory };
        string[] before;
        await using (TestContainer first = await TestContainer.StartAsync(spec))
        {
            // Containers may have no way to a registry: the packages come from the cache that test.sh filled.
            _ = (await first.ShellAsync($"cp -r {Paths.NpmProject}/project/. {Paths.Worktree}; cp -r {Paths.NpmProject}/cache /tmp/npm-cache")).Text;
            CallResult install = await first.RunTaskAsync("javascript/npm_install", "",
                ("PV_APP_ROOT", Paths.Worktree), ("npm_config_cache", "/tmp/npm-cache"), ("npm_config_offline", "true"), ("npm_config_audit", "false"));
            Assert.True(install.Trailers["pv-exit-code"] == "0", install.Text);
            Assert.Contains("visits so far", await VisitAsync(first), StringComparison.OrdinalIgnoreCase);
            _ = (await first.RemoveProcessAsync("web")).Ok();
            before = await first.ListTreeAsync();
            Assert.Equal(0, await first.StopAsync());
        }

        await using TestContainer second = await TestContainer.StartAsync(spec with { Arguments = ContainerSpec.DaemonArguments("clone", "tree") });
        TestContainer.AssertSameTree(before, await second.ListTreeAsync());
        Assert.Contains("<strong>2</strong>", await VisitAsync(second), StringComparison.Ordinal);
        Assert.True(before.Length > 500, $"only {before.Length} entries: the packages are missing");
    }

    private static async Task<string> VisitAsync(TestContainer daemon)
    {
        _ = (await daemon.StartProcessAsync("web", ["node", $"{Paths.Worktree}/server.js"], 22000)).Ok();
        await daemon.WaitForStateAsync("web", "RUNNING");
        await daemon.WaitUntilAsync("exec 3<>/dev/tcp/127.0.0.1/22000");
        return (await daemon.ShellAsync("curl -sf http://127.0.0.1:22000/")).Text;
    }
}
