using PvExec.Init.Children;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Children;

public sealed class ChildRegistryTests
{
    private readonly ChildRegistry _registry = new();

    [Fact]
    public void The_oldest_of_too_many_exits_is_forgotten_and_told()
    {
        ChildRecord first = Start(1);
        for (int pid = 2; pid <= ChildRegistry.MaxUnacknowledged; pid++)
        {
            Start(pid);
        }

        for (int pid = 1; pid <= ChildRegistry.MaxUnacknowledged; pid++)
        {
            Assert.NotNull(End(pid, out ChildRecord? early));
            Assert.Null(early);
        }

        ChildRecord more = Start(100_000);
        Assert.Same(more, End(100_000, out ChildRecord? dropped));
        Assert.Same(first, dropped);
        Assert.False(_registry.TryGet(first.Id, out _));
        Assert.True(_registry.TryGet(more.Id, out _));
        Assert.Equal(ChildRegistry.MaxUnacknowledged, _registry.Of(Service.Exec).Count());
    }

    [Fact]
    public void What_was_acknowledged_counts_no_more()
    {
        for (int pid = 1; pid <= 3 * ChildRegistry.MaxUnacknowledged; pid++)
        {
            ChildRecord child = Start(pid);
            End(pid, out ChildRecord? dropped);
            Assert.Null(dropped);
            _registry.Acknowledge(child);
        }

        Assert.Empty(_registry.Of(Service.Exec));
    }

    [Fact]
    public void One_that_is_never_acknowledged_keeps_no_other_in_memory()
    {
        ChildRecord stays = Start(1);
        End(1, out _);
        for (int pid = 2; pid <= 1_000; pid++)
        {
            ChildRecord child = Start(pid);
            End(pid, out _);
            _registry.Acknowledge(child);
            _registry.Acknowledge(child);
        }

        Assert.Equal(1, _registry.EndedCount);
        Assert.Same(stays, Assert.Single(_registry.Of(Service.Exec)));
    }

    [Fact]
    public void Acknowledging_out_of_order_leaves_the_others_in_their_order()
    {
        ChildRecord[] children = [.. Enumerable.Range(1, 4).Select(Start)];
        for (int pid = 1; pid <= 4; pid++)
        {
            End(pid, out _);
        }

        _registry.Acknowledge(children[2]);
        _registry.Acknowledge(children[0]);

        Assert.Equal([children[1], children[3]], _registry.Of(Service.Exec));
        Assert.Equal(2, _registry.EndedCount);
    }

    [Fact]
    public void One_that_runs_is_kept_whatever_is_acknowledged()
    {
        ChildRecord child = Start(7);

        _registry.Acknowledge(child);

        Assert.True(_registry.TryGet(child.Id, out _));
        Assert.Equal(1, _registry.LivingCount);
        Assert.Null(End(8, out _));
    }

    private ChildRecord Start(int pid)
    {
        var spawn = new Spawn($"run-{pid}", [], [], [], [], 0, [], []);
        var child = new ChildRecord(_registry.NextId(), pid, Service.Exec, spawn, 0, null, []);
        _registry.Add(child);
        return child;
    }

    private ChildRecord? End(int pid, out ChildRecord? dropped) =>
        _registry.End(pid, child => new Exited(child.Id, 0, 0, false, 0, 0, 0, 0), out dropped);
}
