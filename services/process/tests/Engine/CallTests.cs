using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Engine;

public class CallTests
{
    [Fact]
    public async Task A_new_name_is_started_with_its_command_path_and_variables()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec("web", 0, "node", "a b"), default)).Fault);
        SpawnSpec spawned = Assert.Single(harness.Init.Spawned).Spec;
        Assert.Equal(["node", "a b"], spawned.Arguments);
        Assert.Equal("/", spawned.WorkingDirectory);
        Assert.Equal(["COLOUR=red", "PATH=/bin"], spawned.Environment.Order(StringComparer.Ordinal));
        Assert.Equal(ProcessGrouping.NewSession, spawned.Grouping);
        Assert.Equal([1, 2], spawned.Descriptors.Select(descriptor => descriptor.Target));
        Assert.Equal(ProcessState.Starting, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task The_same_specification_changes_nothing_and_another_one_is_refused()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        Fault? fault = (await harness.Engine.EnableAsync(EngineHarness.Spec("web", 0, "other"), default)).Fault;
        Assert.Equal(FaultKind.AlreadyExists, fault?.Kind);
        Assert.Contains("start_cmd", fault!.Detail, StringComparison.Ordinal);
        Assert.Single(harness.Init.Spawned);
    }

    [Fact]
    public async Task A_finished_process_is_not_run_again_by_enabling_it_again()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        harness.Exit(harness.Init.Spawned[0].Child);
        await harness.UntilAsync("web", ProcessState.Finished);
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        Assert.Single(harness.Init.Spawned);
        Assert.Equal(ProcessState.Finished, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_leaves_the_name_unconfigured()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        harness.Init.SpawnFault = new Fault(FaultKind.InvalidArgument, "exec 'nothing': no such file");
        Fault? fault = (await harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault;
        Assert.Contains("'nothing'", fault?.Detail, StringComparison.Ordinal);
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Empty(harness.Store.LoadAll());
        harness.Init.SpawnFault = null;
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec("web", 0, "other"), default)).Fault);
    }

    [Fact]
    public async Task Removing_ends_the_tree_and_forgets_and_unknown_names_are_accepted()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child child = harness.Init.Spawned[0].Child;
        Assert.Null((await harness.Engine.DisableAsync("web", default)).Fault);
        Assert.Equal((child, 15, SignalScope.Tree), Assert.Single(harness.Init.Signals));
        Assert.Equal(child, Assert.Single(harness.Init.Acknowledged));
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
        Assert.Empty(harness.Store.LoadAll());
        Assert.Null((await harness.Engine.DisableAsync("never heard of", default)).Fault);
    }

    [Fact]
    public async Task Who_ignores_SIGTERM_is_killed()
    {
        await using var harness = new EngineHarness { Timing = new ProcessTiming { Grace = TimeSpan.FromMilliseconds(20) } };
        harness.OnSignal = (child, signal) =>
        {
            if (signal == 9)
            {
                harness.Exit(child);
            }
        };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Assert.Null((await harness.Engine.DisableAsync("web", default)).Fault);
        Assert.Equal([15, 9], harness.Init.Signals.Select(sent => sent.Signal));
    }

    [Fact]
    public async Task A_restart_waits_for_members_of_the_tree_that_outlive_their_leader()
    {
        await using var harness = new EngineHarness { Timing = new ProcessTiming { Grace = TimeSpan.FromMilliseconds(20) } };
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Child leader = harness.Init.Spawned[0].Child;
        const int grandchild = 31_000;
        harness.Tables.AddProcess(grandchild, session: leader.Pid);
        harness.OnSignal = (child, signal) =>
        {
            harness.Exit(child);
            if (signal == 9)
            {
                Assert.Single(harness.Init.Spawned);
                harness.Tables.RemoveProcess(grandchild);
            }
        };
        Assert.Null((await harness.Engine.RestartAsync("web", ["second"], [], default)).Fault);
        Assert.Equal(["second"], harness.Init.Spawned[1].Spec.Arguments);
        Assert.Contains(harness.Init.Signals, sent => sent.Signal == 9);
    }

    [Fact]
    public async Task A_plain_restart_keeps_command_and_variables()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec("web", 0, "server", "-x"), default);
        Assert.Null((await harness.Engine.RestartAsync("web", [], [], default)).Fault);
        Assert.Equal(harness.Init.Spawned[0].Spec.Arguments, harness.Init.Spawned[1].Spec.Arguments);
        Assert.Equal(harness.Init.Spawned[0].Spec.Environment, harness.Init.Spawned[1].Spec.Environment);
        Assert.Null((await harness.Engine.RestartAsync("web", ["second"], [], default)).Fault);
        Assert.Contains("COLOUR=blue", harness.Init.Spawned[2].Spec.Environment);
        Assert.Equal(FaultKind.InvalidArgument, (await harness.Engine.RestartAsync("unknown", [], [], default)).Fault?.Kind);
    }

    [Fact]
    public async Task Restart_while_starting_ends_the_first_process_before_the_second()
    {
        await using var harness = new EngineHarness();
        var signalled = new TaskCompletionSource<Child>(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.OnSignal = (child, _) => signalled.TrySetResult(child);
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        Task<Outcome<Unit>> first = harness.Engine.RestartAsync("web", ["second"], [], default);
        Child child = await signalled.Task.WaitAsync(EngineHarness.Patience);
        Task<Outcome<Unit>> removal = harness.Engine.DisableAsync("web", default);
        Assert.Single(harness.Init.Spawned);
        Assert.False(removal.IsCompleted);

        // Another name does not wait for it.
        Assert.Null((await harness.Engine.EnableAsync(EngineHarness.Spec("other"), default)).Fault);
        harness.OnSignal = null;
        harness.Exit(child);
        Assert.Null((await first.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Null((await removal.WaitAsync(EngineHarness.Patience)).Fault);
        Assert.Equal(3, harness.Init.Spawned.Count);
        Assert.Equal(ProcessState.NotRunning, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task A_restart_that_fails_leaves_the_name_finished()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        harness.Init.SpawnFault = new Fault(FaultKind.InvalidArgument, "exec 'nothing': no such file");
        Assert.NotNull((await harness.Engine.RestartAsync("web", ["nothing"], [], default)).Fault);
        Assert.Equal(ProcessState.Finished, harness.Engine.StateOf("web"));
        harness.Init.SpawnFault = null;
        Assert.Null((await harness.Engine.RestartAsync("web", ["server"], [], default)).Fault);
        Assert.Equal(ProcessState.Starting, harness.Engine.StateOf("web"));
    }

    [Fact]
    public async Task A_restart_that_cannot_be_recorded_leaves_the_process_as_it_was()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        string records = Path.GetDirectoryName(harness.RecordOf("web"))!;
        Directory.Delete(records, recursive: true);
        await File.WriteAllTextAsync(records, "in the way");

        Assert.Equal(FaultKind.ResourceExhausted, (await harness.Engine.RestartAsync("web", ["second"], [], default)).Fault?.Kind);
        Assert.Empty(harness.Init.Signals);
        File.Delete(records);
        Directory.CreateDirectory(records);
        Assert.Null((await harness.Engine.RestartAsync("web", ["second"], [], default)).Fault);
        Assert.Equal(2, harness.Init.Spawned.Count);
    }

    [Fact]
    public async Task Ports_are_found_again_after_any_error_of_the_watcher()
    {
        await using var harness = new EngineHarness();
        harness.Tables.FailOnce = new InvalidOperationException("unexpected");
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        harness.Tables.Listen(harness.Init.Spawned[0].Child.Pid, 3000);
        await harness.UntilAsync("web", ProcessState.Running);
        Assert.Null(harness.Tables.FailOnce);
    }

    [Fact]
    public async Task A_port_of_a_reparented_grandchild_makes_it_running_and_its_loss_starting_again()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec(), default);
        harness.Tables.AddProcess(31_000, session: harness.Init.Spawned[0].Child.Pid);
        harness.Tables.Listen(31_000, 3000);
        await harness.UntilAsync("web", ProcessState.Running);
        Assert.Equal(3000, harness.Engine.Find("web")!.Port);
        harness.Tables.Close(3000);
        await harness.UntilAsync("web", ProcessState.Starting);
        harness.Exit(harness.Init.Spawned[0].Child, 3);
        await harness.UntilAsync("web", ProcessState.Finished);
    }

    [Fact]
    public async Task A_stop_of_the_system_ends_all_at_once_and_nothing_starts_afterwards()
    {
        await using var harness = new EngineHarness();
        harness.Start();
        await harness.Engine.EnableAsync(EngineHarness.Spec("one"), default);
        await harness.Engine.EnableAsync(EngineHarness.Spec("two"), default);
        harness.OnSignal = (_, _) =>
        {
            // Nobody ends before both have been told.
            if (harness.Init.Signals.Select(sent => sent.Child.Id).Distinct().Count() == 2)
            {
                foreach ((Child child, _) in harness.Init.Spawned)
                {
                    harness.Exit(child);
                }
            }
        };
        await harness.Engine.StopAsync(TimeSpan.FromMinutes(10)).WaitAsync(EngineHarness.Patience);
        Assert.All(harness.Init.Signals, sent => Assert.Equal(15, sent.Signal));
        Assert.Empty(harness.Store.LoadAll());
        Assert.Equal(FaultKind.Unavailable, (await harness.Engine.EnableAsync(EngineHarness.Spec("three"), default)).Fault?.Kind);
    }
}
