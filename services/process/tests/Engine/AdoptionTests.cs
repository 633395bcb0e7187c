using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Engine;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Engine;

public class AdoptionTests
{
    [Fact]
    public async Task A_living_process_is_found_again_with_its_port()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        Child child = harness.Adopted(1, "web", 7);
        harness.Tables.Listen(child.Pid, 3000, "::1");
        harness.Start(child);
        await harness.UntilAsync("web", ProcessState.Running);
        Assert.Empty(harness.Init.Spawned);
        Assert.Empty(harness.Init.Signals);
    }

    [Fact]
    public async Task A_process_that_ended_meanwhile_is_finished_and_acknowledged_after_that_is_stored()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        Child child = harness.Adopted(1, "web", 7);
        harness.Exit(child, 3);
        harness.Start(child);
        await harness.UntilAsync("web", ProcessState.Finished);
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        await harness.Init.AnyAcknowledged.WaitAsync(EngineHarness.Patience);
        Assert.Equal(child, Assert.Single(harness.Init.Acknowledged));
        Assert.True(Assert.Single(harness.Store.LoadAll()).Ended);
        Assert.Empty(harness.Init.Spawned);
    }

    [Fact]
    public async Task How_a_process_ended_is_known_after_its_exit_was_acknowledged_and_forgotten_by_pv_init()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Assert.Null(harness.Engine.Find("web")!.View()!.End);
        Child child = harness.Init.Spawned[0].Child;

        harness.Exit(child, 3);
        await harness.UntilAsync("web", ProcessState.Finished);
        await harness.Init.AnyAcknowledged.WaitAsync(EngineHarness.Patience);
        ProcessView before = harness.Engine.Find("web")!.View()!;
        harness.Start();
        ProcessView after = harness.Engine.Find("web")!.View()!;

        Assert.Equal((3, null), (before.End!.Status.Code, before.Living));
        Assert.Equal((ProcessPhase.Finished, before.End.Status), (after.Phase, after.End!.Status));
        Assert.Equal(before.End.Ended.ToUnixTimeMilliseconds(), after.End.Ended.ToUnixTimeMilliseconds());
        Assert.Null((await harness.Engine.RestartAsync("web", ["server"], [], default)).Fault);
        Assert.Null(harness.Engine.Find("web")!.View()!.End);
    }

    [Fact]
    public async Task A_start_that_was_stored_and_never_made_is_made_once()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        harness.Start();
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        Assert.Single(harness.Init.Spawned);
    }

    [Fact]
    public async Task A_restart_cut_short_ends_the_first_process_and_starts_the_second()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new SpecRecord(EngineHarness.Spec("web", 0, "second"), 8, "one", Ended: false));
        Child first = harness.Adopted(1, "web", 7);
        harness.Start(first);
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec("web", 0, "second"), default)).Fault);
        Assert.True(first.Exited.IsCompleted);
        Assert.Equal(first, Assert.Single(harness.Init.Acknowledged));
        Assert.Equal(["second"], Assert.Single(harness.Init.Spawned).Spec.Arguments);
    }

    [Fact]
    public async Task A_record_of_another_pv_init_is_finished()
    {
        await using var harness = new EngineHarness { InstanceId = "two" };
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        harness.Start();
        await harness.UntilAsync("web", ProcessState.Finished);
        Assert.Empty(harness.Init.Spawned);
    }

    [Fact]
    public async Task A_removal_cut_short_is_completed()
    {
        await using var harness = new EngineHarness();
        Child child = harness.Adopted(1, "web", 7);
        harness.Start(child);
        await child.Exited.WaitAsync(EngineHarness.Patience);
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Contains(harness.Init.Signals, sent => sent.Child == child && sent.Signal == 15);
    }

    [Fact]
    public async Task What_was_started_by_one_engine_is_adopted_by_the_next()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        harness.ReplaceInit();
        harness.Start(child);
        harness.Tables.Listen(child.Pid, 3000);
        await harness.UntilAsync("web", ProcessState.Running);
        Assert.Empty(harness.Init.Spawned);
    }

    [Fact]
    public async Task A_damaged_record_is_put_aside()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: true));
        File.WriteAllBytes(harness.RecordOf("web"), [0x99, 1]);
        harness.Start();
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Empty(harness.Store.LoadAll());
    }
}
