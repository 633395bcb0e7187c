using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class FinalSaveTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    private bool Mounted => MountInfo.At(System.Text.Encoding.UTF8.GetBytes(_rig.Scratch.At("a"))) is not null;

    [Fact]
    public async Task When_all_is_saved_the_memory_is_unmounted()
    {
        Needs.Mounting();
        await using Worktree worktree = await _rig.StartAsync("one", "a", mode: WorktreeMode.Memory);
        File.WriteAllText(_rig.Scratch.At("a/f"), "x");

        Assert.True((await worktree.FinishAsync(Long, CancellationToken.None)).Value.Changed);

        Assert.False(Mounted);
        Assert.Empty(Directory.GetFileSystemEntries(_rig.Scratch.At("a")));
        Assert.Equal(0, _rig.Lock.Taken);
    }

    [Fact]
    public async Task A_failed_final_save_leaves_the_tree_mounted()
    {
        Needs.Mounting();
        await using Worktree worktree = await _rig.StartAsync("one", "a", mode: WorktreeMode.Memory);
        File.WriteAllText(_rig.Scratch.At("a/f"), "x");
        _rig.Blobs.DiesAt = 0;

        Outcome<SaveResult> saved = await worktree.FinishAsync(Long, CancellationToken.None);

        Assert.Equal(FaultKind.ResourceExhausted, saved.Fault?.Kind);
        Assert.True(Mounted);
        Assert.Equal("x", File.ReadAllText(_rig.Scratch.At("a/f")));
    }

    [Fact]
    public async Task A_final_save_that_takes_too_long_is_told_and_leaves_the_tree_mounted()
    {
        Needs.Mounting();
        await using Worktree worktree = await _rig.StartAsync("one", "a", mode: WorktreeMode.Memory);
        File.WriteAllText(_rig.Scratch.At("a/f"), "x");
        _rig.Blobs.Gate = new TaskCompletionSource().Task;

        Outcome<SaveResult> saved = await worktree.FinishAsync(TimeSpan.FromMilliseconds(300), CancellationToken.None).WaitAsync(Long);

        Assert.Equal(new Fault(FaultKind.DeadlineExceeded, "it did not end within 0.2 s: save before stopping, or start with a longer --stop-timeout"), saved.Fault);
        Assert.Equal("x", File.ReadAllText(_rig.Scratch.At("a/f")));
        Assert.True(Mounted);
    }

    [Fact]
    public async Task A_save_that_is_on_its_way_is_waited_for_and_what_came_after_it_is_saved_too()
    {
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        File.WriteAllText(_rig.Scratch.At("a/f"), "first");
        var gate = new TaskCompletionSource();
        _rig.Blobs.Gate = gate.Task;
        Task<Outcome<SaveResult>> running = worktree.SaveAsync(CancellationToken.None);
        await _rig.Blobs.Asked.Task.WaitAsync(Long);
        File.WriteAllText(_rig.Scratch.At("a/f"), "second");
        Task<Outcome<SaveResult>> last = worktree.FinishAsync(Long, CancellationToken.None);
        Assert.Equal(FaultKind.Cancelled, (await ((Func<Task<Outcome<SaveResult>>>)(async () =>
        {
            gate.SetResult();
            await last.WaitAsync(Long);
            return await worktree.SaveAsync(CancellationToken.None);
        }))()).Fault?.Kind);

        Assert.True((await running).Value.Changed);
        Assert.True((await last).Value.Changed);
        await using Worktree copy = await _rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("second", File.ReadAllText(_rig.Scratch.At("b/f")));
    }

    [Fact]
    public async Task Locks_that_were_lost_while_it_captured_make_the_save_capture_again()
    {
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        File.WriteAllText(_rig.Scratch.At("a/f"), "half");
        _rig.Lock.Lost = 1;
        _rig.Lock.OnRelease = () => File.WriteAllText(_rig.Scratch.At("a/f"), "whole");

        SaveResult saved = await Rig.SaveAsync(worktree);

        Assert.True(saved.Changed);
        Assert.Equal((2, 2), (_rig.Lock.Taken, _rig.Lock.Released));
        await using Worktree copy = await _rig.StartAsync("two", "b", source: "one", state: "state2");
        Assert.Equal("whole", File.ReadAllText(_rig.Scratch.At("b/f")));
        Assert.Single(Directory.GetFiles(_rig.Scratch.At("store/packs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Locks_that_are_lost_every_time_fail_the_save_and_store_nothing()
    {
        await using Worktree worktree = await _rig.StartAsync("one", "a");
        File.WriteAllText(_rig.Scratch.At("a/f"), "x");
        _rig.Lock.Lost = 3;

        Outcome<SaveResult> saved = await worktree.SaveAsync(CancellationToken.None);

        Assert.Equal(FaultKind.Unavailable, saved.Fault?.Kind);
        Assert.Equal(saved.Fault!.Detail, worktree.LastSaveError);
        Assert.Empty(_rig.Blobs.Names);
        Assert.True((await Rig.SaveAsync(worktree)).Changed);
        Assert.Equal("", worktree.LastSaveError);
    }
}
