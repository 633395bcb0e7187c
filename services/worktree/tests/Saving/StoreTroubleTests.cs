using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Trees;
using PvExec.Testing;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Tests.Adapters;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class StoreTroubleTests : IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    private byte[] MountStore(string options)
    {
        Needs.Mounting();
        byte[] path = System.Text.Encoding.UTF8.GetBytes(_rig.Scratch.Make("store"));
        Assert.Equal(0, PvExec.Linux.Trees.Mounting.TryTmpfs("test", path, options));
        return path;
    }

    [Fact]
    public async Task A_full_store_is_told_and_keeps_the_snapshot_before()
    {
        MountStore("size=4m");
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        RoundTripTests.Shell(_rig.Scratch.At("a"), "mkdir d; echo old > d/f; cp -a . ../before");
        await Rig.SaveAsync(worktree);

        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo new > d/f; head -c 6000000 /dev/urandom > large");
        Fault? fault = (await worktree.SaveAsync(CancellationToken.None)).Fault;

        Assert.Equal(FaultKind.ResourceExhausted, fault?.Kind);
        Assert.Contains(_rig.Scratch.At("store"), fault!.Detail);
        Assert.Empty(Directory.GetFiles(_rig.Scratch.At("store/tmp")));
        await using (Worktree copy = await _rig.StartAsync("two", "b", source: "one", state: "state2"))
        {
            Assert.Empty(TreeComparer.Differences(_rig.Scratch.At("before"), _rig.Scratch.At("b")));
        }

        // With room again, the same save goes through.
        RoundTripTests.Shell(_rig.Scratch.At("a"), "truncate -s 100000 large");
        Assert.True((await Rig.SaveAsync(worktree)).Changed);
    }

    [Fact]
    public async Task A_store_that_became_read_only_is_told_and_can_still_be_loaded_when_writable_again()
    {
        MountStore("size=4m");
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo old > f");
        await Rig.SaveAsync(worktree);
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo new > f; mount -o remount,ro ../store");

        Fault? save = (await worktree.SaveAsync(CancellationToken.None)).Fault;
        Outcome<SaveResult> last = await worktree.FinishAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Fault? start = (await _rig.TryStartAsync("two", "b", source: "one", state: "state2")).Fault;
        RoundTripTests.Shell(_rig.Scratch.Root, "mount -o remount,rw store");

        Assert.All([save, last.Fault, start], fault =>
        {
            Assert.Equal(FaultKind.PermissionDenied, fault?.Kind);
            Assert.Contains("read-only", fault!.Detail);
            Assert.Contains(_rig.Scratch.At("store"), fault.Detail);
        });
        await using Worktree copy = await _rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("old\n", File.ReadAllText(_rig.Scratch.At("b/f")));
    }

    [Fact]
    public async Task Two_daemons_on_one_worktree_never_lose_a_save_silently()
    {
        await using Worktree first = await _rig.StartAsync("one", "a");
        await using Worktree second = await _rig.StartAsync("one", "b", state: "state2");
        File.WriteAllText(_rig.Scratch.At("a/f"), "first");
        File.WriteAllText(_rig.Scratch.At("b/f"), "second");
        await Rig.SaveAsync(first);

        Fault? fault = (await second.SaveAsync(CancellationToken.None)).Fault;

        Assert.Equal(FaultKind.Unavailable, fault?.Kind);
        Assert.Contains("another daemon saved to worktree 'one'", fault!.Detail);
        SaveResult again = await Rig.SaveAsync(second);
        Assert.True(again.Changed);
        Assert.Equal(2, second.Snapshots.Count);
    }
}
