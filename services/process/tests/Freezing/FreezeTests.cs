using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Freezing;
using PvExec.Processes.Tests.Engine;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Freezing;

public sealed class FreezeTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task A_frozen_process_stands_still_until_it_is_thawed()
    {
        Child child = await StartAsync("web");

        Freeze freeze = await FreezeAsync(Long);
        Assert.Equal('T', _harness.Tables.StateOf(child.Pid));
        Assert.True(File.Exists(_harness.FrozenFile));

        Assert.Null((await _harness.Freezer.ThawAsync(freeze.Id)).Fault);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        Assert.False(File.Exists(_harness.FrozenFile));
        Assert.Equal(FaultKind.NotFound, (await _harness.Freezer.ThawAsync(freeze.Id)).Fault!.Kind);
    }

    [Fact]
    public async Task A_freeze_ends_with_the_connection_of_its_asker()
    {
        Child child = await StartAsync("web");
        using var connection = new CancellationTokenSource();
        Freeze freeze = (await _harness.Freezer.FreezeAsync(_harness.Engine.Living, "test", Long, connection.Token)).Value;

        await connection.CancelAsync();

        await freeze.Ended.WaitAsync(EngineHarness.Patience);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task A_freeze_ends_when_its_time_is_over()
    {
        Child child = await StartAsync("web");

        Freeze freeze = await FreezeAsync(TimeSpan.FromMilliseconds(1));

        await freeze.Ended.WaitAsync(EngineHarness.Patience);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task A_process_goes_on_only_when_no_freeze_holds_it_any_more()
    {
        Child child = await StartAsync("web");
        Freeze first = await FreezeAsync(Long);
        Freeze second = await FreezeAsync(Long);

        await _harness.Freezer.ThawAsync(first.Id);
        Assert.Equal('T', _harness.Tables.StateOf(child.Pid));

        await _harness.Freezer.ThawAsync(second.Id);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task A_process_that_is_started_meanwhile_waits_for_the_thaw()
    {
        await StartAsync("web");
        Freeze freeze = await FreezeAsync(Long);

        Task<Outcome<Unit>> starting = _harness.Engine.EnableAsync(EngineHarness.Spec("late"), CancellationToken.None);
        Assert.Single(_harness.Init.Spawned);
        await _harness.Freezer.ThawAsync(freeze.Id);

        Assert.Null((await starting.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal(2, _harness.Init.Spawned.Count);
    }

    [Fact]
    public async Task A_frozen_process_can_be_ended()
    {
        Child child = await StartAsync("web");
        bool told = false;
        _harness.OnSignal = (_, _) => told = true;
        _ = await FreezeAsync(Long);

        Task<Outcome<Unit>> ending = _harness.Engine.DisableAsync("web", CancellationToken.None);
        Assert.True(told);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        _harness.Exit(child);

        Assert.Null((await ending.WaitAsync(EngineHarness.Patience)).Fault);
    }

    [Fact]
    public async Task What_a_killed_instance_left_frozen_goes_on_at_the_next_start()
    {
        Child child = await StartAsync("web");
        _ = await FreezeAsync(Long);

        Freezer next = _harness.NewFreezer(TimeProvider.System);
        await next.ThawLeftAsync([child]);

        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        Assert.False(File.Exists(_harness.FrozenFile));
    }

    [Fact]
    public async Task What_cannot_be_thawed_at_the_start_is_tried_again_until_it_can()
    {
        var clock = new ManualClock();
        Freezer next = await FailToThawAsync(clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(File.Exists(_harness.FrozenFile));

        // A freeze that begins and ends meanwhile is no reason to forget the others.
        await next.ThawAsync((await next.FreezeAsync(() => new Dictionary<string, Child>(), "test", Long, CancellationToken.None)).Value.Id);
        Assert.True(File.Exists(_harness.FrozenFile));

        _harness.Tables.Looked = null;
        await AdvanceUntilAsync(clock, next.LeftThawed);

        Assert.False(File.Exists(_harness.FrozenFile));
        Assert.False(_harness.Groups.Asked[^1]);
    }

    [Fact]
    public async Task What_cannot_be_thawed_while_an_instance_is_there_is_left_to_the_instance_after()
    {
        Freezer first = await FailToThawAsync(new ManualClock());
        await first.DisposeAsync().AsTask().WaitAsync(EngineHarness.Patience);
        Assert.True(first.LeftThawed.IsCompleted);
        Assert.True(File.Exists(_harness.FrozenFile));

        _harness.Tables.Looked = null;
        await _harness.NewFreezer(TimeProvider.System).ThawLeftAsync(_harness.Init.Spawned.Select(spawned => spawned.Child));
        Assert.False(File.Exists(_harness.FrozenFile));
    }

    [Fact]
    public async Task A_failure_that_nobody_thought_of_does_not_end_the_trying()
    {
        var clock = new ManualClock();
        Freezer next = await FailToThawAsync(clock);
        var failed = new TaskCompletionSource();
        _harness.Tables.Looked = () =>
        {
            failed.TrySetResult();
            throw new InvalidOperationException("unforeseen");
        };
        await AdvanceUntilAsync(clock, failed.Task);
        Assert.False(next.LeftThawed.IsCompleted);

        _harness.Tables.Looked = null;
        await AdvanceUntilAsync(clock, next.LeftThawed);

        Assert.False(File.Exists(_harness.FrozenFile));
    }

    private static async Task AdvanceUntilAsync(ManualClock clock, Task done)
    {
        while (!done.IsCompleted)
        {
            Task again = clock.NextTimer;
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(done, again).WaitAsync(EngineHarness.Patience);
        }

        await done;
    }

    /// <summary>A new instance that finds a frozen process, and no descriptor left to let it go on with.</summary>
    private async Task<Freezer> FailToThawAsync(TimeProvider clock)
    {
        Child child = await StartAsync("web");
        _ = await FreezeAsync(Long);
        _harness.Groups.Group = "web";
        _harness.Tables.Looked = () => throw new IOException("too many open files");
        Freezer next = _harness.NewFreezer(clock);
        await next.ThawLeftAsync([child]);
        Assert.True(File.Exists(_harness.FrozenFile));
        Assert.False(next.LeftThawed.IsCompleted);
        return next;
    }

    [Fact]
    public async Task A_freezer_that_leaves_thaws_everything_refuses_more_and_may_be_told_to_twice()
    {
        Child child = await StartAsync("web");
        _ = await FreezeAsync(Long);

        await _harness.Freezer.DisposeAsync();
        await _harness.Freezer.DisposeAsync();

        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        Assert.Equal(FaultKind.Unavailable, (await _harness.Freezer.FreezeAsync(_harness.Engine.Living, "test", Long, CancellationToken.None)).Fault!.Kind);
    }

    [Fact]
    public async Task A_time_limit_of_a_year_is_no_error()
    {
        Child child = await StartAsync("web");
        Freeze freeze = await FreezeAsync(TimeSpan.FromDays(366));

        Assert.Null((await _harness.Freezer.ThawAsync(freeze.Id)).Fault);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task A_freeze_that_is_renewed_lasts_and_ends_when_nobody_renews_it_any_more()
    {
        Child child = await StartAsync("web");
        var clock = new ManualClock();
        await using Freezer freezer = _harness.NewFreezer(clock);
        Freeze freeze = (await freezer.FreezeAsync(_harness.Engine.Living, "test", TimeSpan.FromSeconds(10), CancellationToken.None)).Value;

        clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Null((await freezer.RenewAsync(freeze.Id, TimeSpan.FromSeconds(10))).Fault);
        clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Null((await freezer.RenewAsync(freeze.Id, TimeSpan.FromSeconds(10))).Fault);
        Assert.Equal('T', _harness.Tables.StateOf(child.Pid));

        clock.Advance(TimeSpan.FromSeconds(11));
        await freeze.Ended.WaitAsync(EngineHarness.Patience);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        Assert.Equal(FaultKind.NotFound, (await freezer.RenewAsync(freeze.Id, Long)).Fault!.Kind);
    }

    [Fact]
    public async Task A_process_that_is_being_ended_is_held_by_no_freeze()
    {
        Child child = await _harness.StartDeafAsync();
        Task<Outcome<Unit>> ending = _harness.Engine.DisableAsync("web", CancellationToken.None);
        await _harness.TerminatedAsync();

        Freeze freeze = await FreezeAsync(Long);

        Assert.Empty(freeze.Processes);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
        _harness.Exit(child);
        Assert.Null((await ending.WaitAsync(EngineHarness.Patience)).Fault);
    }

    [Fact]
    public async Task A_freeze_waits_for_the_start_under_way_and_holds_what_was_started()
    {
        await StartAsync("web");
        IDisposable start = await _harness.Freezer.EnterStartAsync();
        bool asked = false;

        Task<Outcome<Freeze>> freezing = _harness.Freezer.FreezeAsync(
            () =>
            {
                asked = true;
                return _harness.Engine.Living();
            },
            "test", Long, CancellationToken.None);
        Assert.False(asked);
        Task<IDisposable> late = _harness.Freezer.EnterStartAsync();
        start.Dispose();

        Freeze freeze = (await freezing.WaitAsync(EngineHarness.Patience)).Value;
        Assert.True(asked);
        Assert.False(late.IsCompleted);
        await _harness.Freezer.ThawAsync(freeze.Id);
        (await late.WaitAsync(EngineHarness.Patience)).Dispose();
    }

    [Fact]
    public async Task Observers_are_told_of_states_and_ports()
    {
        Child child = await StartAsync("web");
        _harness.Tables.Listen(child.Pid, 3000);
        await _harness.UntilAsync("web", ProcessState.Running);
        _harness.Exit(child);
        await _harness.UntilAsync("web", ProcessState.Finished);

        Assert.Equal(
            [("web", ProcessState.Starting, 0, 0), ("web", ProcessState.Running, 3000, 0), ("web", ProcessState.Finished, 0, 0)],
            _harness.Observer.Told.Distinct());
    }

    private async Task<Child> StartAsync(string name)
    {
        _harness.Start();
        Assert.Null((await _harness.Engine.EnableAsync(EngineHarness.Spec(name), CancellationToken.None)).Fault);
        return _harness.Init.Spawned[^1].Child;
    }

    private async Task<Freeze> FreezeAsync(TimeSpan timeLimit) =>
        (await _harness.Freezer.FreezeAsync(_harness.Engine.Living, "test", timeLimit, CancellationToken.None)).Value;
}
