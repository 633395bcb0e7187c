using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Testing;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Core.Places;
using PvExec.Worktrees.Tests.Adapters;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Starting;

public sealed class StartTests : IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Memory)]
    public async Task After_a_crash_the_tree_is_gone_on_with(WorktreeMode mode)
    {
        Needs.Mounting(mode);
        Worktree crashed = await _rig.StartAsync("one", "a", mode: mode);
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo saved > f");
        await Rig.SaveAsync(crashed);
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo not saved > f");
        await crashed.DisposeAsync();

        await using Worktree next = await _rig.StartAsync("one", "a", source: "one", mode: WorktreeMode.Auto);

        Assert.Equal(mode, next.Mode);
        Assert.Equal("not saved\n", File.ReadAllText(_rig.Scratch.At("a/f")));
        SaveResult saved = await Rig.SaveAsync(next);
        Assert.True(saved.Changed);
        Assert.Equal(saved.Snapshot, next.Snapshots[0]);
        Assert.False((await Rig.SaveAsync(next)).Changed);
    }

    [Fact]
    public async Task A_worktree_that_is_its_own_source_starts_empty_once_and_then_goes_on()
    {
        await using (Worktree first = await _rig.StartAsync("one", "a", source: "one"))
        {
            RoundTripTests.Shell(_rig.Scratch.At("a"), "echo kept > f");
            await Rig.SaveAsync(first);
        }

        await using Worktree second = await _rig.StartAsync("one", "b", source: "one", state: "state2");

        Assert.Equal("kept\n", File.ReadAllText(_rig.Scratch.At("b/f")));
    }

    [Fact]
    public async Task A_load_says_that_the_start_goes_on()
    {
        await using (Worktree first = await _rig.StartAsync("one", "a"))
        {
            RoundTripTests.Shell(_rig.Scratch.At("a"), "mkdir d; echo kept > d/f");
            await Rig.SaveAsync(first);
        }

        Assert.Empty(_rig.Notifier.Said);
        await using Worktree second = await _rig.StartAsync("two", "b", source: "one", state: "state2");

        Assert.Contains("EXTEND_TIMEOUT_USEC=60000000", _rig.Notifier.Said);
    }

    [Fact]
    public async Task What_is_refused_is_called_by_the_variable_that_gave_it()
    {
        DaemonOptions given = DaemonOptions.Parse(
            ["-mount-point", _rig.Scratch.At("a"), "-worktree", "one", "--store", "file://" + _rig.Scratch.At("store")],
            name => name == "PV_EXEC_SOURCE_WORKTREE" ? "nobody" : null,
            out _);
        await using var host = new WorktreeHost(
            given, Inheritance.None, new DescriptorStore(null), new StartProgress(_rig.Notifier, TimeProvider.System), _rig.Lock, _rig.Freeze, _rig.Observer, TimeProvider.System, NullLoggerFactory.Instance);

        Fault refused = (await host.StartAsync(TestContext.Current.CancellationToken)).Fault!;

        Assert.StartsWith("PV_EXEC_SOURCE_WORKTREE 'nobody' has no snapshot in ", refused.Detail);
        Assert.Contains("leave PV_EXEC_SOURCE_WORKTREE out", refused.Detail);
    }

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Memory)]
    public async Task A_mount_point_that_another_daemon_uses_is_refused(WorktreeMode mode)
    {
        Needs.Mounting(mode);
        await using Worktree first = await _rig.StartAsync("one", "a", mode: mode);

        Fault? fault = (await _rig.TryStartAsync("one", "a", mode: mode)).Fault;

        Assert.Equal(FaultKind.Unavailable, fault?.Kind);
        Assert.Contains("in use by another daemon", fault!.Detail);
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo still > here");
        Assert.True((await Rig.SaveAsync(first)).Changed);
    }

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Auto)]
    [InlineData(WorktreeMode.Memory)]
    public async Task A_directory_with_something_else_in_it_is_refused_and_left_alone(WorktreeMode mode)
    {
        _rig.Scratch.Make("a");
        File.WriteAllText(_rig.Scratch.At("a/theirs"), "x");

        Outcome<Worktree> started = await _rig.TryStartAsync("one", "a", mode: mode);

        Assert.Equal(new Fault(FaultKind.FailedPrecondition, $"-mount-point {_rig.Scratch.At("a")} is not empty and holds no worktree: empty it, or give another -mount-point"), started.Fault);
        Assert.Equal("x", File.ReadAllText(_rig.Scratch.At("a/theirs")));
        Assert.Empty(_rig.Blobs.Names);
    }

    [Fact]
    public async Task A_mount_point_that_is_a_file_is_refused()
    {
        File.WriteAllText(_rig.Scratch.At("a"), "x");
        Fault? fault = (await _rig.TryStartAsync("one", "a")).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault?.Kind);
        Assert.Contains("is not a directory", fault!.Detail);
    }

    [Theory]
    [InlineData(WorktreeMode.Directory, WorktreeMode.Memory, "-worktree-mode is memory")]
    [InlineData(WorktreeMode.Memory, WorktreeMode.Directory, "-worktree-mode is directory")]
    public async Task A_worktree_of_the_other_mode_is_refused(WorktreeMode was, WorktreeMode asked, string reason)
    {
        Needs.Mounting(WorktreeMode.Memory);
        await (await _rig.StartAsync("one", "a", mode: was)).DisposeAsync();
        Fault? fault = (await _rig.TryStartAsync("one", "a", mode: asked)).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault?.Kind);
        Assert.Contains(reason, fault!.Detail);
    }

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Memory)]
    public async Task Another_worktree_is_refused_by_its_name(WorktreeMode mode)
    {
        Needs.Mounting(mode);
        await (await _rig.StartAsync("theirs", "a", mode: mode)).DisposeAsync();
        RoundTripTests.Shell(_rig.Scratch.At("a"), "echo theirs > f");
        Fault? fault = (await _rig.TryStartAsync("one", "a", mode: WorktreeMode.Auto)).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault?.Kind);
        Assert.Contains("holds worktree 'theirs'", fault!.Detail);
        Assert.True(File.Exists(_rig.Scratch.At("a/f")));
    }

    [Fact]
    public async Task A_load_that_did_not_end_is_started_over()
    {
        await using (Worktree source = await _rig.StartAsync("one", "a"))
        {
            RoundTripTests.Shell(_rig.Scratch.At("a"), "mkdir -p d/e; echo x > d/e/f");
            await Rig.SaveAsync(source);
        }

        // As a load that was killed leaves it: the marker, and a part of the tree with directories that were finished.
        RoundTripTests.Shell(_rig.Scratch.Make("b"), "mkdir -p half/finished; echo y > half/finished/f; chmod 500 half/finished half; echo z > g");
        using (FileDescriptor root = Scratch.Open(_rig.Scratch.At("b")))
        {
            new MarkerFile(_rig.Scratch.Make("state2")).Write(root, new Marker("two", true, null));
        }

        await using Worktree loaded = await _rig.StartAsync("two", "b", source: "one", state: "state2");

        Assert.Empty(TreeComparer.Differences(_rig.Scratch.At("a"), _rig.Scratch.At("b")));
    }

    [Theory]
    [InlineData(WorktreeMode.Directory)]
    [InlineData(WorktreeMode.Memory)]
    public async Task A_load_that_fails_leaves_the_place_and_the_head_as_they_were(WorktreeMode mode)
    {
        Needs.Mounting(mode);
        await using (Worktree source = await _rig.StartAsync("one", "a"))
        {
            RoundTripTests.Shell(_rig.Scratch.At("a"), "mkdir d; head -c 9000000 /dev/urandom > d/f; head -c 9000000 /dev/urandom > d/g");
            await Rig.SaveAsync(source);
        }

        string pack = Directory.GetFiles(_rig.Scratch.At("store/packs"), "*", SearchOption.AllDirectories)[0];
        File.Move(pack, _rig.Scratch.At("moved"));
        Fault? fault = (await _rig.TryStartAsync("two", "b", source: "one", mode: mode, state: "state2")).Fault;

        Assert.Equal(FaultKind.DataLoss, fault?.Kind);
        Assert.Contains(Path.GetFileName(pack), fault!.Detail);
        Assert.Empty(Directory.GetFileSystemEntries(_rig.Scratch.At("b")));
        Assert.Null(MountInfo.At(System.Text.Encoding.UTF8.GetBytes(_rig.Scratch.At("b"))));
        Assert.Empty((await _rig.Store.HeadAsync("two", TestContext.Current.CancellationToken)).Value.Head.Snapshots);

        File.Move(_rig.Scratch.At("moved"), pack);
        await using Worktree again = await _rig.StartAsync("two", "b", source: "one", mode: mode, state: "state2");
        Assert.Empty(TreeComparer.Differences(_rig.Scratch.At("a"), _rig.Scratch.At("b")));
    }

    [Fact]
    public async Task A_load_that_has_no_room_leaves_the_head_as_it_was()
    {
        Needs.Mounting();
        await using (Worktree source = await _rig.StartAsync("one", "a"))
        {
            RoundTripTests.Shell(_rig.Scratch.At("a"), "head -c 9000000 /dev/urandom > f");
            await Rig.SaveAsync(source);
        }

        Assert.Equal(0, Mounting.TryTmpfs("test", System.Text.Encoding.UTF8.GetBytes(_rig.Scratch.Make("b")), "size=1m"));
        Fault? fault = (await _rig.TryStartAsync("two", "b", source: "one", state: "state2")).Fault;

        Assert.Equal(FaultKind.ResourceExhausted, fault?.Kind);
        Assert.Contains(_rig.Scratch.At("b"), fault!.Detail);
        Assert.Empty(Directory.GetFileSystemEntries(_rig.Scratch.At("b")));
        Assert.Empty((await _rig.Store.HeadAsync("two", TestContext.Current.CancellationToken)).Value.Head.Snapshots);
    }

    [Fact]
    public async Task An_unknown_source_is_told_with_those_that_are_there()
    {
        await using (Worktree source = await _rig.StartAsync("known", "a"))
        {
            await Rig.SaveAsync(source);
        }

        Fault? fault = (await _rig.TryStartAsync("one", "b", source: "unknown", state: "state2")).Fault;
        Assert.Equal(FaultKind.NotFound, fault?.Kind);
        Assert.Contains("known", fault!.Detail);
    }
}
