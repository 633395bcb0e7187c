using System.Net;
using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Processes.Engine;
using PvExec.Processes.Succession;
using PvExec.Processes.Tests.Engine;

namespace PvExec.Processes.Tests.Succession;

public class HandOverTests
{
    [Fact]
    public async Task A_process_that_listens_is_running_at_once_in_the_next_instance_though_its_listener_has_left_the_tree()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        harness.Tables.AddProcess(31_000, session: child.Pid);
        harness.Tables.Listen(31_000, 3000);
        await harness.UntilAsync("web", ProcessState.Running);
        harness.Tables.Detach(31_000);

        await harness.HandOverAsync(child);
        Assert.Equal(ProcessState.Running, harness.Engine.StateOf("web"));
        Assert.Equal(3000, harness.Engine.Find("web")!.Port);
        Assert.Single(harness.Init.Spawned);
        Assert.Empty(harness.Init.Signals);
    }

    [Fact]
    public async Task After_a_crash_too_a_process_that_listens_is_running_at_once()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        harness.Tables.Listen(child.Pid, 3000);
        harness.Start(child);
        Assert.Equal(ProcessState.Running, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task A_removal_under_way_goes_on_in_the_next_instance_and_the_caller_gets_its_end()
    {
        await using var harness = new EngineHarness();
        Child child = await harness.StartDeafAsync();
        Task<Outcome<Unit>> removal = harness.Engine.DisableAsync("web", default);
        await harness.TerminatedAsync();

        await harness.HandOverAsync(child);
        Assert.Equal(ProcessState.Starting, harness.Engine.StateOf("web"));
        Assert.False(removal.IsCompleted);
        harness.Exit(child);
        Assert.Null((await removal.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Equal([15], harness.Init.Signals.Select(sent => sent.Signal));
        Assert.Equal(child, Assert.Single(harness.Init.Acknowledged));
        Assert.Empty(harness.Store.LoadAll());
    }

    [Fact]
    public async Task The_next_instance_kills_when_the_grace_that_was_left_is_over()
    {
        await using var harness = new EngineHarness { Timing = new ProcessTiming { Grace = TimeSpan.FromMilliseconds(300) } };
        Child child = await harness.StartDeafAsync();
        Task<Outcome<Unit>> removal = harness.Engine.DisableAsync("web", default);
        await harness.TerminatedAsync();

        Legacy legacy = await harness.HandOverAsync(child);
        EndingTree ending = Assert.Single(ProcessTable.Decode(legacy.Table)!.Ending);
        Assert.Equal(child.Id, ending.Child);
        Assert.InRange(ending.Left, TimeSpan.Zero, harness.Timing.Grace);
        Assert.Null((await removal.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal([15, 9], harness.Init.Signals.Select(sent => sent.Signal));
    }

    [Fact]
    public async Task A_restart_under_way_is_made_once_by_the_next_instance()
    {
        await using var harness = new EngineHarness();
        Child first = await harness.StartDeafAsync();
        Task<Outcome<Unit>> restart = harness.Engine.RestartAsync("web", ["second"], [], default);
        await harness.TerminatedAsync();

        await harness.HandOverAsync(first);
        Assert.Single(harness.Init.Spawned);
        harness.Exit(first);
        Assert.Null((await restart.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal(["second"], harness.Init.Spawned[1].Spec.Arguments);
        Assert.Equal(2, harness.Init.Spawned.Count);
        Assert.Equal([15], harness.Init.Signals.Select(sent => sent.Signal));
    }

    [Fact]
    public async Task A_restart_that_fails_in_the_next_instance_answers_its_caller_with_the_reason()
    {
        await using var harness = new EngineHarness();
        Child first = await harness.StartDeafAsync();
        Task<Outcome<Unit>> restart = harness.Engine.RestartAsync("web", ["nothing"], [], default);
        await harness.TerminatedAsync();

        await harness.HandOverAsync(first);
        harness.Init.SpawnFault = new Fault(FaultKind.InvalidArgument, "exec 'nothing': no such file");
        harness.Exit(first);
        Fault? fault = (await restart.WaitAsync(EngineHarness.Patience)).Fault;
        Assert.Contains("'nothing'", fault?.Detail, StringComparison.Ordinal);
        Assert.Equal(ProcessState.Finished, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task Two_hand_overs_in_a_row_leave_a_removal_to_the_third_instance()
    {
        await using var harness = new EngineHarness();
        Child child = await harness.StartDeafAsync();
        Task<Outcome<Unit>> removal = harness.Engine.DisableAsync("web", default);
        await harness.TerminatedAsync();

        await harness.HandOverAsync(child);
        await harness.HandOverAsync(child);
        harness.Exit(child);
        Assert.Null((await removal.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal([15], harness.Init.Signals.Select(sent => sent.Signal));
        Assert.Equal(child, Assert.Single(harness.Init.Acknowledged));
    }

    [Fact]
    public async Task A_call_that_has_done_nothing_is_left_to_its_caller_to_repeat()
    {
        await using var harness = new EngineHarness();
        Child child = await harness.StartDeafAsync();
        ProcessEngine first = harness.Engine;
        Task<Outcome<Unit>> removal = first.DisableAsync("web", default);
        await harness.TerminatedAsync();
        Task<Outcome<Unit>> waiting = first.EnableAsync(EngineHarness.Spec("web", 0, "second"), default);

        await harness.HandOverAsync(child);
        await Assert.ThrowsAsync<HandedOverException>(() => waiting.WaitAsync(EngineHarness.Patience));
        await Assert.ThrowsAsync<HandedOverException>(() => first.EnableAsync(EngineHarness.Spec("other"), default));
        Assert.Single(harness.Init.Spawned);
        harness.Exit(child);
        await removal.WaitAsync(EngineHarness.Patience);
    }

    [Fact]
    public async Task A_start_under_way_is_waited_for_and_is_not_made_again()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        var spawning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        harness.Init.OnSpawn = (child, _) =>
        {
            harness.Tables.AddProcess(child.Pid);
            spawning.SetResult();
            goOn.Wait();
        };
        Task<Outcome<Unit>> starting = Task.Run(() => harness.Engine.EnableAsync(EngineHarness.Spec(), default));
        await spawning.Task.WaitAsync(EngineHarness.Patience);
        Task<Legacy> handingOver = harness.Engine.HandOverAsync();
        Assert.False(handingOver.IsCompleted);
        goOn.Set();
        Assert.Null((await starting.WaitAsync(EngineHarness.Patience)).Fault);

        harness.StartNext(await handingOver.WaitAsync(EngineHarness.Patience), harness.Init.Spawned[0].Child);
        Assert.Equal(ProcessState.Starting, harness.Engine.StateOf("web"));
        Assert.Single(harness.Init.Spawned);
    }

    [Fact]
    public async Task An_exit_after_the_hand_over_is_dealt_with_by_the_next_instance_alone()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        ProcessEngine first = harness.Engine;
        await first.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        await harness.HandOverAsync(child);
        harness.Exit(child);
        await harness.UntilAsync("web", ProcessState.Finished);
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        await harness.Init.AnyAcknowledged.WaitAsync(EngineHarness.Patience);
        Assert.Equal(child, Assert.Single(harness.Init.Acknowledged));
        Assert.Equal(ProcessState.Starting, first.StateOf("web"));
    }

    [Fact]
    public async Task After_a_kill_in_the_middle_of_a_removal_the_next_instance_goes_on_with_what_is_left_of_the_grace()
    {
        await using var harness = new EngineHarness();
        Child child = await harness.StartDeafAsync();
        Task<Outcome<Unit>> removal = harness.Engine.DisableAsync("web", default);
        await harness.TerminatedAsync();
        var record = Assert.Single(harness.Store.LoadAll());
        Assert.True(record.IsRemoval);
        Assert.NotNull(record.KillAt);

        // The one that was killed hears and says nothing more; what it had left of the time passed meanwhile.
        await harness.Engine.DisposeAsync();
        harness.Store.Write(record with { KillAt = DateTimeOffset.UnixEpoch });
        harness.ReplaceInit();
        harness.Start(child);
        Assert.Equal(ProcessState.Starting, harness.Engine.StateOf("web"));
        harness.Successor.Set(harness.Engine);
        Assert.Null((await removal.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal([15, 9], harness.Init.Signals.Select(sent => sent.Signal));
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Empty(harness.Store.LoadAll());
    }

    [Fact]
    public async Task A_removal_that_only_had_to_be_written_off_starts_nothing()
    {
        await using var harness = new EngineHarness();
        harness.Store.Write(new Processes.Adapters.SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false) { IsRemoval = true });
        harness.Start();
        Assert.Null((await harness.Engine.DisableAsync("web", default)).Fault);
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Empty(harness.Init.Spawned);
        Assert.Empty(harness.Store.LoadAll());
    }

    [Fact]
    public void A_table_is_read_as_written_and_fields_of_a_later_version_are_skipped()
    {
        var table = new ProcessTable(
            [new EndingTree(7, TimeSpan.FromMilliseconds(1500))],
            [new KeptProcess("web", 9, [new(IPAddress.Parse("::1"), 3000, 12), new(IPAddress.Any, 3001, 13)]), new KeptProcess("idle", 3, [])]);
        foreach (byte[] bytes in new[] { table.Encode(), LaterTable() })
        {
            ProcessTable read = ProcessTable.Decode(bytes)!;
            Assert.Equal(table.Ending, read.Ending);
            Assert.Equal(table.Processes.Select(one => (one.Name, one.Generation)), read.Processes.Select(one => (one.Name, one.Generation)));
            Assert.Equal(table.Processes.SelectMany(one => one.Listeners), read.Processes.SelectMany(one => one.Listeners));
        }

        Assert.Null(ProcessTable.Decode(table.Encode().AsMemory(0, 12)));
        Assert.Null(ProcessTable.Decode(new byte[] { 1, 2, 3 }));
    }

    private static byte[] LaterTable()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePack.MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(2);
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(3);
        writer.Write(7);
        writer.Write(1500);
        writer.Write("why");
        writer.WriteArrayHeader(2);
        writer.WriteArrayHeader(4);
        writer.Write("web");
        writer.Write(9);
        writer.WriteArrayHeader(2);
        foreach ((string address, int port, int inode) in new[] { ("::1", 3000, 12), ("0.0.0.0", 3001, 13) })
        {
            writer.WriteArrayHeader(4);
            writer.Write(IPAddress.Parse(address).GetAddressBytes());
            writer.Write(port);
            writer.Write(inode);
            writer.WriteNil();
        }

        writer.WriteMapHeader(0);
        writer.WriteArrayHeader(3);
        writer.Write("idle");
        writer.Write(3);
        writer.WriteArrayHeader(0);
        writer.Write("more");
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
