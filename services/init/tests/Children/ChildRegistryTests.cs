using PvExec.Init.Children;
using PvExec.Kernel;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Children;

public sealed class ChildRegistryTests
{
    private const int Bound = 3;

    private readonly ChildRegistry _registry = new(Bound);

    [Fact]
    public void The_oldest_of_too_many_exits_is_dropped_and_its_owner_is_told_once()
    {
        ulong first = Start(1).Id;
        Start(2, Service.Process);
        Start(3);
        Assert.All([1, 2, 3], pid => Assert.Null(End(pid)));

        ulong more = Start(4).Id;
        ChildRecord superfluous = End(4)!;
        Assert.Equal(first, superfluous.Id);
        _registry.Drop(superfluous);

        Assert.False(_registry.TryGet(first, out _));
        Assert.True(_registry.TryGet(more, out _));
        Assert.Equal(Bound, _registry.EndedCount);
        Assert.Equal(0, _registry.TakeDropped(Service.Process));
        Assert.Equal(1, _registry.TakeDropped(Service.Exec));
        Assert.Equal(0, _registry.TakeDropped(Service.Exec));
    }

    [Fact]
    public void Drops_that_nobody_was_told_of_add_up_for_each_owner()
    {
        for (int pid = 1; pid <= 10; pid++)
        {
            Start(pid, pid % 2 == 0 ? Service.Exec : Service.Process);
            if (End(pid) is { } superfluous)
            {
                _registry.Drop(superfluous);
            }
        }

        Assert.Equal(3, _registry.TakeDropped(Service.Exec));
        Assert.Equal(4, _registry.TakeDropped(Service.Process));
        Assert.Equal([8, 10], _registry.Of(Service.Exec).Select(child => child.Pid));
        Assert.Equal([9], _registry.Of(Service.Process).Select(child => child.Pid));
    }

    [Fact]
    public void A_record_is_used_again_and_holds_nothing_of_its_first_child()
    {
        ChildRecord first = Start(1);
        End(1);
        _registry.Acknowledge(first);
        Assert.Equal(0UL, first.Id);

        ChildRecord second = Start(2, Service.Process);
        Assert.Same(first, second);
        Assert.Null(second.Exit);
        Assert.Equal("run-2", second.Label);
        Assert.Equal(Service.Process, second.Owner);
    }

    [Fact]
    public void What_was_acknowledged_counts_no_more()
    {
        for (int pid = 1; pid <= 3 * Bound; pid++)
        {
            ChildRecord child = Start(pid);
            Assert.Null(End(pid));
            _registry.Acknowledge(child);
        }

        Assert.Empty(_registry.Of(Service.Exec));
    }

    [Fact]
    public void One_that_is_never_acknowledged_keeps_no_other_in_memory()
    {
        ChildRecord stays = Start(1);
        End(1);
        for (int pid = 2; pid <= 1_000; pid++)
        {
            ChildRecord child = Start(pid);
            End(pid);
            _registry.Acknowledge(child);
            _registry.Acknowledge(child);
        }

        Assert.Equal(1, _registry.EndedCount);
        Assert.Same(stays, Assert.Single(_registry.Of(Service.Exec)));
    }

    [Fact]
    public void Acknowledging_out_of_order_leaves_the_others_in_their_order()
    {
        ChildRecord[] children = [Start(1), Start(2), Start(3)];
        Assert.All([1, 2, 3], pid => Assert.Null(End(pid)));

        _registry.Acknowledge(children[1]);

        Assert.Equal([children[0], children[2]], _registry.Of(Service.Exec));
        Assert.Equal(2, _registry.EndedCount);
    }

    [Fact]
    public void One_that_runs_is_kept_whatever_is_acknowledged()
    {
        ChildRecord child = Start(7);

        _registry.Acknowledge(child);

        Assert.True(_registry.TryGet(child.Id, out _));
        Assert.Equal(1, _registry.LivingCount);
        Assert.False(_registry.TryGetLiving(8, out _));
    }

    private ChildRecord Start(int pid, Service owner = Service.Exec)
    {
        ChildRecord child = _registry.Rent();
        child.Begin(_registry.NextId(), pid, owner, 0, null, Views.Of(new Spawn($"run-{pid}", [7], [], [], [], 0, [], [])), new DescriptorBuffer(), 0);
        _registry.Add(child);
        return child;
    }

    /// <returns>The one that is to be dropped.</returns>
    private ChildRecord? End(int pid)
    {
        Assert.True(_registry.TryGetLiving(pid, out ChildRecord? child));
        return _registry.End(child, new Exited(child.Id, 0, 0, false, 0, 0, 0, 0));
    }
}
