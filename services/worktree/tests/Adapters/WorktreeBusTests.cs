using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Proto.Bus.Worktrees;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Adapters;

/// <summary>Saves asked for and told over real sockets.</summary>
public sealed class WorktreeBusTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Rig _rig = new();
    private readonly WorktreeEvents _events = new(NullLogger<BusPublisher>.Instance);

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_save_that_another_service_asks_for_is_durable_when_it_is_answered_and_is_told_to_all()
    {
        await using WorktreeHost host = await HostAsync(mountPoint: "tree");
        await using WorktreeBus bus = Serve(host);
        await using BusClient client = Connect();
        _events.Start(_rig.Scratch.At("events.sock"));
        await using var subscriber = new BusSubscriber("worktree", _rig.Scratch.At("events.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance);
        EventStream<WorktreeSaved> told = subscriber.Subscribe<WorktreeSaved>(1000);
        File.WriteAllText(_rig.Scratch.At("tree/file"), "content");

        WorktreeSaved saved = (await SaveAsync(client)).Value;

        Assert.True(saved.Changed);
        Assert.Equal(saved.SnapshotId, host.Worktree.Value.Snapshots[0].Id.ToString());

        // The subscription takes a moment to arrive: a later save shows that it has.
        using var patience = new CancellationTokenSource(Patience);
        Task<BusEvent<WorktreeSaved>> first = told.ReadAsync(patience.Token).AsTask();
        while (!first.IsCompleted)
        {
            Assert.Equal(saved.SnapshotId, (await SaveAsync(client)).Value.SnapshotId);
        }

        Assert.Equal(saved.SnapshotId, (await first).Message.SnapshotId);
    }

    [Fact]
    public async Task The_first_difference_is_told_to_all()
    {
        _events.Start(_rig.Scratch.At("events.sock"));
        await using var subscriber = new BusSubscriber("worktree", _rig.Scratch.At("events.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance);
        EventStream<WorktreeDirty> told = subscriber.Subscribe<WorktreeDirty>(1000);
        using var patience = new CancellationTokenSource(Patience);
        DateTimeOffset seen = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);

        // The subscription takes a moment to arrive.
        Task<BusEvent<WorktreeDirty>> first = told.ReadAsync(patience.Token).AsTask();
        while (!first.IsCompleted)
        {
            _events.Dirty(seen);
            await Task.Yield();
        }

        Assert.Equal(seen, (await first).Message.Seen);
    }

    [Fact]
    public async Task Without_a_worktree_the_call_says_so()
    {
        await using WorktreeHost host = await HostAsync(mountPoint: null);
        await using WorktreeBus bus = Serve(host);
        await using BusClient client = Connect();

        Assert.Equal(FaultKind.FailedPrecondition, (await SaveAsync(client)).Fault!.Kind);
    }

    [Fact]
    public async Task The_table_in_docs_bus_md_names_exactly_what_worktree_answers()
    {
        await using WorktreeHost host = await HostAsync(mountPoint: null);
        await using WorktreeBus bus = Serve(host);
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "docs", "bus.md")))
        {
            at = at.Parent ?? throw new FileNotFoundException("docs/bus.md is in no folder above the tests");
        }

        IEnumerable<string> listed = File.ReadLines(Path.Combine(at.FullName, "docs", "bus.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", _, "worktree", ..])
            .Select(cells => cells[1].Trim('`'));
        Assert.Equal(bus.Kinds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private async Task<WorktreeHost> HostAsync(string? mountPoint)
    {
        var options = new DaemonOptions
        {
            RuntimeDir = _rig.Scratch.At("run"),
            MountPoint = mountPoint is null ? null : _rig.Scratch.At(mountPoint),
            Worktree = "tree",
            Store = "file://" + _rig.Scratch.At("store"),
            WorktreeMode = WorktreeMode.Directory,
        };
        var host = new WorktreeHost(options, Inheritance.None, new DescriptorStore(null), new StartProgress(_rig.Notifier, TimeProvider.System), _rig.Lock, _rig.Freeze, _events, TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Null((await host.StartAsync(TestContext.Current.CancellationToken)).Fault);
        return host;
    }

    private WorktreeBus Serve(WorktreeHost host)
    {
        var bus = new WorktreeBus(host, NullLogger<BusServer>.Instance);
        bus.Start(_rig.Scratch.At("worktree.sock"));
        return bus;
    }

    private BusClient Connect() =>
        new("worktree", _rig.Scratch.At("worktree.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);

    private static Task<Outcome<WorktreeSaved>> SaveAsync(BusClient client) =>
        client.CallAsync<SaveWorktree, WorktreeSaved>(new SaveWorktree("test"), Patience, WhenDown.Fail, default);
}
