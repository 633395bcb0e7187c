using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Processes.Adapters;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Engine;

public class MainProcessTests
{
    private static readonly DaemonOptions Web = new() { Main = "process:web" };

    [Fact]
    public async Task The_end_of_the_main_process_is_told_with_its_code()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);

        harness.Exit(harness.Init.Spawned[0].Child, 7);

        Assert.Equal("X_PV_MAIN_EXIT=7", await harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task A_signal_that_ended_it_is_told_as_a_shell_would()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);

        harness.Init.Spawned[0].Child.SetExited(FakeInit.Killed(9));

        Assert.Equal("X_PV_MAIN_EXIT=137", await harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task Another_process_may_end()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec("other"), default);
        harness.Exit(harness.Init.Spawned[0].Child, 7);
        await harness.UntilAsync("other", ProcessState.Finished);
        Assert.Null((await harness.Engine.DisableAsync("other", default)).Fault);
        Assert.True(harness.Notifier.SaidNothing);
    }

    [Fact]
    public async Task A_restart_is_not_its_end()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Assert.Null((await harness.Engine.RestartAsync("web", [], [], default)).Fault);
        Assert.True(harness.Notifier.SaidNothing);

        harness.Exit(harness.Init.Spawned[1].Child, 3);

        Assert.Equal("X_PV_MAIN_EXIT=3", await harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task Its_removal_is_a_stop_in_order()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Assert.Null((await harness.Engine.DisableAsync("web", default)).Fault);
        Assert.Equal("X_PV_MAIN_EXIT=0", await harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task A_stop_of_the_system_is_not_its_end()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        await harness.Engine.StopAsync(TimeSpan.FromSeconds(5));

        // Forgotten already, when its exit came before the second look at what runs.
        await harness.Engine.Find("web")!.UntilAsync((now, _) => now is ProcessState.Finished or ProcessState.NotRunning, default).WaitAsync(EngineHarness.Patience);
        Assert.True(harness.Notifier.SaidNothing);
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_by_a_caller_is_the_callers_to_mend()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        harness.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec: no such file");
        Assert.NotNull((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        Assert.True(harness.Notifier.SaidNothing);
    }

    [Fact]
    public async Task An_end_while_nobody_was_there_is_told_by_the_next_instance()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        Child child = harness.Adopted(1, "web", 7);
        harness.Exit(child, 5);
        harness.Start(child);
        Assert.Equal("X_PV_MAIN_EXIT=5", await harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task An_end_after_a_hand_over_is_told_by_the_new_instance_only()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        await harness.HandOverAsync(child);

        harness.Exit(child, 6);

        Assert.Equal("X_PV_MAIN_EXIT=6", await harness.Notifier.NextAsync());
        await harness.UntilAsync("web", ProcessState.Finished);
        Assert.True(harness.Notifier.SaidNothing);
    }

    [Fact]
    public async Task It_prints_to_where_the_daemon_prints()
    {
        await using var harness = new EngineHarness { Options = Web };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        await harness.Engine.EnableAsync(EngineHarness.Spec("other"), default);
        SpawnSpec main = harness.Init.Spawned[0].Spec, other = harness.Init.Spawned[1].Spec;
        Assert.Equal([(1, 1), (2, 2)], main.Descriptors.Select(one => ((int)one.Source.DangerousGetHandle(), one.Target)));
        Assert.Empty(main.Kept);
        Assert.Single(other.Kept);
    }
}
