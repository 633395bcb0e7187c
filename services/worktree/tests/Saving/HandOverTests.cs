using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Linux.Sockets;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Saving;

public sealed class HandOverTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_roots_lock_goes_to_the_next_instance_and_is_never_free()
    {
        Worktree first = await _rig.StartAsync("app", "tree");
        await first.HandOverAsync();
        using var kept = new KeptRoots([new KeptDescriptor(KeptRoots.Name, Copy(first.Root)), new KeptDescriptor(KeptRoots.Name, Copy(first.Root))]);
        Assert.Equal(FaultKind.Unavailable, (await _rig.TryStartAsync("app", "tree", state: "other")).Fault?.Kind);
        await using Worktree second = (await _rig.TryStartAsync("app", "tree", kept: kept)).Value;
        kept.Dispose();
        await first.DisposeAsync();
        Assert.Equal(FaultKind.Unavailable, (await _rig.TryStartAsync("app", "tree", state: "other")).Fault?.Kind);
        File.WriteAllText(_rig.Scratch.At("tree/file"), "content");
        Assert.True((await Rig.SaveAsync(second)).Changed);
    }

    [Fact]
    public async Task A_lock_of_another_directory_is_no_lock_of_this_one()
    {
        Worktree other = await _rig.StartAsync("other", "elsewhere");
        using var kept = new KeptRoots([new KeptDescriptor(KeptRoots.Name, Copy(other.Root))]);
        await using Worktree worktree = (await _rig.TryStartAsync("app", "tree", state: "mine", kept: kept)).Value;
        Assert.Equal(FaultKind.Unavailable, (await _rig.TryStartAsync("app", "tree", state: "third")).Fault?.Kind);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task A_save_that_has_begun_is_finished_before_the_hand_over()
    {
        await using Worktree worktree = await _rig.StartAsync("app", "tree");
        File.WriteAllText(_rig.Scratch.At("tree/file"), "content");
        Task? handingOver = null;
        _rig.Lock.OnRelease = () => handingOver = worktree.HandOverAsync();
        SaveResult saved = await Rig.SaveAsync(worktree).WaitAsync(Patience);
        Assert.True(saved.Changed);
        await handingOver!.WaitAsync(Patience);
        Assert.Equal(saved.Snapshot, worktree.Snapshots[0]);
    }

    [Fact]
    public async Task A_save_that_waits_for_its_locks_is_left_to_the_next_instance_and_takes_none()
    {
        await using Worktree worktree = await _rig.StartAsync("app", "tree");
        _rig.Lock.Gate = new TaskCompletionSource().Task;
        Task<Outcome<SaveResult>> waiting = worktree.SaveAsync(TestContext.Current.CancellationToken);
        await _rig.Lock.Asked.Task.WaitAsync(Patience);
        await worktree.HandOverAsync().WaitAsync(Patience);
        await Assert.ThrowsAsync<HandedOverException>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAsync<HandedOverException>(() => worktree.SaveAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, _rig.Lock.Taken);
        Assert.Empty(worktree.Snapshots);
    }

    [Fact]
    public async Task Who_waits_for_the_save_after_the_one_that_runs_is_left_too_and_that_one_is_answered()
    {
        await using Worktree worktree = await _rig.StartAsync("app", "tree");
        Task<Outcome<SaveResult>>? next = null;
        Task? handingOver = null;
        _rig.Lock.OnRelease = () =>
        {
            next = worktree.SaveAsync(CancellationToken.None);
            handingOver = worktree.HandOverAsync();
        };
        await Rig.SaveAsync(worktree).WaitAsync(Patience);
        await handingOver!.WaitAsync(Patience);
        await Assert.ThrowsAsync<HandedOverException>(() => next!.WaitAsync(Patience));
        Assert.Equal(1, _rig.Lock.Taken);
    }

    private static SafeFileHandle Copy(System.Runtime.InteropServices.SafeHandle descriptor)
    {
        (PacketSocket first, PacketSocket second) = PacketSocket.Pair();
        using (first)
        using (second)
        {
            Assert.Equal(0, first.TrySend([1], [descriptor]));
            var received = new List<SafeFileHandle>();
            second.Receive(new byte[1], received);
            return Assert.Single(received);
        }
    }
}
