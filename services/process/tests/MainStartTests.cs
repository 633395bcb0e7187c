using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Processes.Adapters;
using PvExec.Processes.Tests.Engine;
using PvExec.Proto.Init;
using PvExec.Testing;

namespace PvExec.Processes.Tests;

public sealed class MainStartTests : IAsyncDisposable
{
    private static readonly DaemonOptions Named = new() { Main = "process:web" };
    private static readonly DaemonOptions Commanded = Named with { MainCommand = ["npm", "start"], MountPoint = "/srv" };

    private readonly EngineHarness _harness = new();
    private readonly List<MainStart> _started = [];
    private string _state = "ready";

    public async ValueTask DisposeAsync()
    {
        foreach (MainStart start in _started)
        {
            await start.StopAsync(CancellationToken.None);
            start.Dispose();
        }

        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task The_command_is_started_in_the_worktree()
    {
        await Begin(Commanded).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        SpawnSpec spec = Assert.Single(_harness.Init.Spawned).Spec;
        Assert.Equal(["npm", "start"], spec.Arguments);
        Assert.Equal("/srv", spec.WorkingDirectory);
    }

    [Fact]
    public async Task Without_a_worktree_the_command_runs_where_the_daemon_was_started()
    {
        await Begin(Commanded with { MountPoint = null }).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Equal(Environment.CurrentDirectory, Assert.Single(_harness.Init.Spawned).Spec.WorkingDirectory);
    }

    [Fact]
    public async Task Nothing_is_started_before_all_services_are_ready()
    {
        var time = new ManualClock();
        _state = "starting";
        MainStart start = Begin(Commanded, time);
        WaitsAt(time);
        Assert.Empty(_harness.Init.Spawned);

        Continue(time);

        await start.ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Single(_harness.Init.Spawned);
    }

    [Fact]
    public async Task Without_a_command_it_is_left_to_whoever_configures_it()
    {
        await Begin(Named).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Empty(_harness.Init.Spawned);
        Assert.True(_harness.Notifier.SaidNothing);
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_is_a_failure_of_the_system()
    {
        _harness.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec: no such file");
        Begin(Commanded);
        Assert.Equal("X_PV_MAIN_EXIT=111", await _harness.Notifier.NextAsync());
    }

    [Fact]
    public async Task A_later_instance_does_not_start_it_again()
    {
        _harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        await Begin(Commanded, owned: _harness.Adopted(1, "web", 7)).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Empty(_harness.Init.Spawned);
    }

    [Fact]
    public async Task A_start_that_an_earlier_instance_had_begun_and_that_fails_is_a_failure_of_the_system()
    {
        _harness.Init.SpawnFault = new Fault(FaultKind.NotFound, "exec: no such file");
        _harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "one", Ended: false));
        Begin(Named);
        Assert.Equal("X_PV_MAIN_EXIT=111", await _harness.Notifier.NextAsync());
        Assert.StartsWith("the main process 'web' could not be started: ", Assert.Single(_harness.Log.All, line => line.Contains("could not be started")));
    }

    [Fact]
    public async Task What_an_earlier_daemon_had_as_its_main_process_is_started_as_it_was()
    {
        _harness.Store.Write(new SpecRecord(EngineHarness.Spec("web", 0, "first"), 7, "earlier", Ended: true));
        await Begin(Named).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Equal(["first"], Assert.Single(_harness.Init.Spawned).Spec.Arguments);
        Assert.Equal("one", Assert.Single(_harness.Store.LoadAll()).InitInstance);
    }

    [Fact]
    public async Task An_instance_that_dies_before_leaves_that_to_the_next()
    {
        _harness.Store.Write(new SpecRecord(EngineHarness.Spec(), 7, "earlier", Ended: true));
        _state = "starting";
        var time = new ManualClock();
        Begin(Named, time);
        WaitsAt(time);
        Assert.Equal("earlier", Assert.Single(_harness.Store.LoadAll()).InitInstance);
        _state = "ready";
        await Begin(Named).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Single(_harness.Init.Spawned);
    }

    [Fact]
    public async Task The_command_given_counts_and_not_that_of_an_earlier_daemon()
    {
        _harness.Store.Write(new SpecRecord(EngineHarness.Spec("web", 0, "first"), 7, "earlier", Ended: false));
        await Begin(Commanded).ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Equal(["npm", "start"], Assert.Single(_harness.Init.Spawned).Spec.Arguments);
    }

    [Fact]
    public async Task What_a_caller_configured_first_is_the_main_process()
    {
        _state = "starting";
        var time = new ManualClock();
        MainStart start = Begin(Commanded, time);
        Assert.Null((await _harness.Engine.EnableAsync(EngineHarness.Spec(), default)).Fault);
        Continue(time);
        await start.ExecuteTask!.WaitAsync(EngineHarness.Patience);
        Assert.Equal(["server"], Assert.Single(_harness.Init.Spawned).Spec.Arguments);
        Assert.Equal(ProcessState.Starting, _harness.Engine.StateOf("web"));
    }

    private static void WaitsAt(ManualClock time) => Assert.True(SpinWait.SpinUntil(() => time.Timers > 0, EngineHarness.Patience));

    private void Continue(ManualClock time)
    {
        WaitsAt(time);
        _state = "ready";
        time.Advance(TimeSpan.FromSeconds(1));
    }

    private MainStart Begin(DaemonOptions options, TimeProvider? time = null, params Child[] owned)
    {
        _harness.Options = options;
        var start = new MainStart(
            _harness.Start(owned),
            _harness.Main,
            options,
            () => new List<ServiceStatus> { new("worktree", 1, _state, "", 0, 0, 0), new("front", 2, "ready", "", 0, 0, 0) },
            time ?? TimeProvider.System,
            _harness.Log.For<MainStart>());
        _started.Add(start);
        Assert.True(start.StartAsync(CancellationToken.None).IsCompletedSuccessfully);
        return start;
    }
}
