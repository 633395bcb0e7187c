using PvExec.Kernel;
using PvExec.Testing;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Adapters;

public sealed class CollectorTests : IDisposable
{
    private readonly Rig _rig = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _rig.Dispose();

    private string[] Blobs(string kind) => Directory.GetFiles(_rig.Scratch.At("store/" + kind), "*", SearchOption.AllDirectories);

    private async Task<int> CollectAsync() => (await new Collector(_rig.Store, _time).RunAsync(TestContext.Current.CancellationToken)).Value;

    [Fact]
    public async Task What_no_snapshot_needs_goes_after_the_grace_period_and_the_rest_stays()
    {
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        for (int i = 0; i < 5; i++)
        {
            File.WriteAllText(_rig.Scratch.At("a/f"), $"content {i}");
            await Rig.SaveAsync(worktree);
        }

        Assert.Equal(5, Blobs("packs").Length);
        Assert.Equal(0, await CollectAsync());
        _time.Now += Collector.DefaultGrace - TimeSpan.FromMinutes(1);
        Assert.Equal(0, await CollectAsync());
        _time.Now += TimeSpan.FromMinutes(2);

        // The newest and the oldest of the hour are kept.
        Assert.Equal(6, await CollectAsync());
        Assert.Equal((2, 2), (Blobs("packs").Length, Blobs("manifests").Length));
        await using Worktree copy = await _rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("content 4", File.ReadAllText(_rig.Scratch.At("b/f")));
    }

    [Fact]
    public async Task A_damaged_head_stops_collection()
    {
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        await Rig.SaveAsync(worktree);
        File.WriteAllText(_rig.Scratch.At("store/worktrees/one/head"), "nonsense");
        Outcome<int> collected = await new Collector(_rig.Store, _time).RunAsync(CancellationToken.None);
        Assert.Equal(FaultKind.DataLoss, collected.Fault?.Kind);
        Assert.Single(Blobs("manifests"));
    }

    [Fact]
    public async Task A_blob_that_is_put_again_while_it_is_about_to_go_stays()
    {
        IBlobStore blobs = _rig.Blobs;
        await blobs.OpenAsync(CancellationToken.None);
        await blobs.PutAsync("packs/00/x.pack", new byte[] { 1 }, CancellationToken.None);
        File.SetLastWriteTimeUtc(_rig.Scratch.At("store/packs/00/x.pack"), DateTime.UtcNow.AddDays(-1));
        BlobInfo listed = (await blobs.ListAsync("packs/", CancellationToken.None)).Value[0];

        await blobs.PutAsync("packs/00/x.pack", new byte[] { 1 }, CancellationToken.None);

        Assert.False((await blobs.DeleteAsync(listed, CancellationToken.None)).Value);
        Assert.Single(Blobs("packs"));
        Assert.True((await blobs.DeleteAsync((await blobs.ListAsync("packs/", CancellationToken.None)).Value[0], CancellationToken.None)).Value);
        Assert.Empty(Blobs("packs"));
    }

    [Fact]
    public async Task Savers_cloners_and_collectors_that_share_a_store_lose_nothing()
    {
        await using Worktree source = await _rig.StartAsync("source", "source");
        File.WriteAllText(_rig.Scratch.At("source/f"), "0");
        await Rig.SaveAsync(source);
        using var done = new CancellationTokenSource();
        Task collecting = Task.Run(async () =>
        {
            var collector = new Collector(_rig.Store, TimeProvider.System) { Grace = TimeSpan.FromSeconds(30) };
            for (int rounds = 0; rounds < 20 || !done.IsCancellationRequested; rounds++)
            {
                Outcome<int> collected = await collector.RunAsync(CancellationToken.None);
                Assert.Null(collected.Fault);
            }
        });

        async Task SaveManyAsync(string name)
        {
            await using Worktree worktree = await _rig.StartAsync(name, name, source: "source", state: "state-" + name);
            for (int i = 0; i < 15; i++)
            {
                // The same content again and again, in all of them: packs of the same name.
                File.WriteAllText(_rig.Scratch.At($"{name}/f"), $"{i % 3}");
                await Rig.SaveAsync(worktree);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => SaveManyAsync($"w{i}")))).WaitAsync(TimeSpan.FromSeconds(60));
        await done.CancelAsync();
        await collecting.WaitAsync(TimeSpan.FromSeconds(60));

        for (int i = 0; i < 4; i++)
        {
            await using Worktree copy = await _rig.StartAsync($"c{i}", $"c{i}", source: $"w{i}", state: $"state-c{i}");
            Assert.Empty(TreeComparer.Differences(_rig.Scratch.At($"w{i}"), _rig.Scratch.At($"c{i}")));
        }
    }
}
