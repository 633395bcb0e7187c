using PvExec.Kernel;
using PvExec.Testing;
using PvExec.Worktrees.Tests.Adapters;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class CrashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_crash_at_any_write_leaves_the_snapshot_before(int write)
    {
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a");
        RoundTripTests.Shell(rig.Scratch.At("a"), "mkdir d; printf old > d/f; cp -a . ../before");
        await Rig.SaveAsync(worktree);

        File.WriteAllText(rig.Scratch.At("a/d/f"), "new");
        rig.Blobs.DiesAt = rig.Blobs.Writes + write;
        Outcome<PvExec.Worktrees.Core.SaveResult> failed = await worktree.SaveAsync(TestContext.Current.CancellationToken);
        rig.Blobs.DiesAt = int.MaxValue;

        Assert.Equal(FaultKind.ResourceExhausted, failed.Fault?.Kind);
        await using Worktree copy = await rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("old", File.ReadAllText(rig.Scratch.At("b/d/f")));

        // And the next save has it all.
        Assert.True((await Rig.SaveAsync(worktree)).Changed);
        await using Worktree later = await rig.StartAsync("three", "c", source: "one", state: "state3");
        Assert.Empty(TreeComparer.Differences(rig.Scratch.At("a"), rig.Scratch.At("c")));
    }

    [Fact]
    public async Task Any_damaged_byte_is_named_and_nothing_is_loaded()
    {
        using var rig = new Rig();
        await using Worktree worktree = await rig.StartAsync("one", "a");
        RoundTripTests.Shell(rig.Scratch.At("a"), "mkdir d; printf content > d/f; ln -s f d/l");
        await Rig.SaveAsync(worktree);
        string store = rig.Scratch.At("store");
        string[] blobs = [.. Directory.GetFiles(store, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0)];
        Assert.Equal(3, blobs.Length);

        foreach (string blob in blobs)
        {
            byte[] good = File.ReadAllBytes(blob);
            for (int i = 0; i < good.Length; i++)
            {
                byte[] bad = [.. good];
                bad[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(blob, bad);

                Outcome<Worktree> started = await rig.TryStartAsync("two", "b", source: "one", state: "state2");

                Assert.Equal(FaultKind.DataLoss, started.Fault?.Kind);
                Assert.Contains(Path.GetRelativePath(store, blob), started.Fault!.Detail);
                Assert.Empty(Directory.GetFileSystemEntries(rig.Scratch.At("b")));
            }

            File.WriteAllBytes(blob, good);
        }

        await using Worktree healthy = await rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("content", File.ReadAllText(rig.Scratch.At("b/d/f")));
    }
}
