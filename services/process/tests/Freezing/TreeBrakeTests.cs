using PvExec.Hosting.Init;
using PvExec.Processes.Freezing;
using PvExec.Processes.Tests.Engine;

namespace PvExec.Processes.Tests.Freezing;

/// <summary>Who belongs to a frozen process, and how each of them is stopped.</summary>
public sealed class TreeBrakeTests : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private const int Stray = 50_000;

    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Who_is_forked_while_the_table_is_read_stands_still_too()
    {
        Child child = await StartAsync();
        int looks = 0;
        _harness.Tables.Looked = () =>
        {
            if (looks++ == 0)
            {
                // By the leader, before it stopped: the listing just taken does not have it.
                _harness.Tables.AddProcess(Stray, parent: child.Pid, session: child.Pid);
            }
        };

        await FreezeAsync();

        Assert.Equal('T', _harness.Tables.StateOf(Stray));
    }

    [Fact]
    public async Task A_descendant_that_left_its_session_is_waited_for_by_the_mark_of_pv_init()
    {
        Child child = await StartAsync();
        ulong mark = (7UL << 32) | child.Id;
        _harness.Tables.Mark(child.Pid, mark);
        _harness.Tables.Mark(Stray, mark);
        _harness.Tables.AddProcess(Stray);
        int looks = 0;
        _harness.Tables.Looked = () =>
        {
            if (++looks == 3)
            {
                _harness.Tables.SetState(Stray, 'T');
            }
        };

        await FreezeAsync();

        Assert.Equal('T', _harness.Tables.StateOf(Stray));
    }

    [Fact]
    public async Task A_limit_that_is_not_a_mark_makes_nobody_a_member()
    {
        Child child = await StartAsync();
        ulong limit = (7UL << 32) | (child.Id + 1);
        _harness.Tables.Mark(child.Pid, limit);
        _harness.Tables.Mark(Stray, limit);
        _harness.Tables.AddProcess(Stray);

        await FreezeAsync();

        Assert.Equal('S', _harness.Tables.StateOf(Stray));
    }

    [Fact]
    public async Task Where_there_is_a_control_group_its_freezer_is_used_and_waited_for()
    {
        Child child = await StartAsync();
        _harness.Groups.Group = "run-1";
        _harness.Groups.Members.Add(child.Pid);
        _harness.Groups.Slowness = 3;

        Freeze freeze = await FreezeAsync();

        Assert.True(_harness.Groups.Slowness < 0);
        await _harness.Freezer.ThawAsync(freeze.Id);
        Assert.Equal([true, false], _harness.Groups.Asked);
        Assert.Empty(_harness.Init.Signals);
    }

    [Fact]
    public async Task Who_left_the_control_group_is_stopped_by_a_signal_and_goes_on_by_one()
    {
        Child child = await StartAsync();
        _harness.Groups.Group = "run-1";
        _harness.Groups.Members.Add(child.Pid);
        _harness.Tables.AddProcess(Stray, parent: child.Pid);

        Freeze freeze = await FreezeAsync();
        Assert.Equal('T', _harness.Tables.StateOf(Stray));

        await _harness.Freezer.ThawAsync(freeze.Id);
        Assert.Equal([(Stray, Stop), (Stray, Continue)], _harness.Tables.Signals);
    }

    [Fact]
    public async Task A_group_that_cannot_be_thawed_at_once_is_thawed_later()
    {
        Child child = await StartAsync();
        _harness.Groups.Group = "run-1";
        _harness.Groups.Members.Add(child.Pid);
        Freeze freeze = await FreezeAsync();

        // With no descriptor left neither is the group found nor can it be written.
        _harness.Groups.Group = null;
        _harness.Groups.ThawsThatFail = 1;
        await _harness.Freezer.ThawAsync(freeze.Id).WaitAsync(EngineHarness.Patience);

        Assert.Equal([true, false], _harness.Groups.Asked);
        Assert.False(File.Exists(_harness.FrozenFile));
        (await _harness.Freezer.EnterStartAsync().WaitAsync(EngineHarness.Patience)).Dispose();
    }

    [Fact]
    public async Task Where_the_kernel_has_no_freezer_signals_are_sent()
    {
        Child child = await StartAsync();
        _harness.Groups.Group = "run-1";
        _harness.Groups.CanFreeze = false;

        Freeze freeze = await FreezeAsync();
        Assert.Equal('T', _harness.Tables.StateOf(child.Pid));

        await _harness.Freezer.ThawAsync(freeze.Id);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    private async Task<Child> StartAsync()
    {
        _harness.Start();
        Assert.Null((await _harness.Engine.EnableAsync(EngineHarness.Spec(), CancellationToken.None)).Fault);
        return _harness.Init.Spawned[^1].Child;
    }

    private async Task<Freeze> FreezeAsync() =>
        (await _harness.Freezer.FreezeAsync(_harness.Engine.Living, "test", TimeSpan.FromHours(1), CancellationToken.None)).Value;
}
