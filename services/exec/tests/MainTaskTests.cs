using System.Threading.Channels;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Proto.Init;
using PvExec.Testing;

namespace PvExec.Exec.Tests;

public sealed class MainTaskTests : IDisposable, ISystemdNotifier
{
    private readonly EngineFixture _fixture = new();
    private readonly TemporaryDirectory _runtime = new();
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private string _state = "ready";
    private string _front = "ready";

    bool ISystemdNotifier.IsEnabled => true;

    private RuntimePaths Paths => new(_runtime.Path);

    void ISystemdNotifier.Notify(ServiceState state) => _said.Writer.TryWrite(state.ToString());

    public void Dispose()
    {
        _fixture.Dispose();
        _runtime.Dispose();
    }

    [Fact]
    public async Task The_end_of_the_task_is_told_with_its_code()
    {
        using MainTask main = Create("free");
        await main.StartAsync(CancellationToken.None);
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(Assert.Single(_fixture.Engine.Live).Id.Value, await NotedAsync());
        Assert.Equal([1, 2], _fixture.Init.Spawned[0].Spec.Descriptors.Select(one => (int)one.Source.DangerousGetHandle())); // what it prints is pv-exec's own output

        process.Exit(7);

        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
    }

    [Fact]
    public async Task The_end_of_a_task_with_a_finish_is_told_when_that_has_ended_also_by_a_later_instance()
    {
        TaskFiles.Write(_fixture.Root, "swept/run", "true");
        TaskFiles.Write(_fixture.Root, "swept/finish", "#!/bin/sh");
        using var kept = KeptChildren.Of(_fixture.Init);
        using MainTask main = Create("swept");
        await main.StartAsync(CancellationToken.None);
        FakeProcess process = await _fixture.StartedAsync();
        await NotedAsync();
        process.Exit(7);
        FakeProcess finish = await _fixture.StartedAsync();
        using var next = new EngineFixture();
        using MainTask later = await SucceedAsync("swept", next, kept.Owned());
        Assert.False(_said.Reader.TryRead(out _));
        finish.Exit(1);

        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
        Assert.True(next.NothingStarted);
    }

    [Fact]
    public async Task A_service_that_was_given_up_does_not_hold_the_task_back()
    {
        _front = "failed";
        using MainTask main = Create("free");
        await main.StartAsync(CancellationToken.None);
        (await _fixture.StartedAsync()).Exit(7);
        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
    }

    [Fact]
    public async Task Nothing_is_started_without_a_main_task()
    {
        using MainTask main = Create(null);
        await main.StartAsync(CancellationToken.None);
        await main.ExecuteTask!.WaitAsync(EngineFixture.Patience);
        Assert.True(_fixture.NothingStarted);
        Assert.False(_said.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_later_instance_waits_for_the_run_that_the_earlier_one_started()
    {
        var id = RunId.New(DateTimeOffset.UnixEpoch);
        File.WriteAllText(Paths.MainRun, id.Value);
        var note = new RunNote(id, RunRole.Run, "free", ScopeSet.Empty, DateTimeOffset.UnixEpoch, StreamWindow.Of(0, 0), StreamWindow.Of(0, 0));
        var child = new Child(1, 2, id.Value, DateTimeOffset.UnixEpoch, note.ToBytes(), new Dictionary<string, System.Runtime.InteropServices.SafeHandle>());
        using MainTask main = Create("free");
        main.Recall([child]);
        child.SetExited(FakeInit.Exit(9));
        _fixture.Engine.Adopt([child]);
        await _fixture.IdleAsync();

        await main.StartAsync(CancellationToken.None);

        Assert.Equal("X_PV_MAIN_EXIT=9", await SaidAsync());
        Assert.True(_fixture.NothingStarted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_killed_between_the_start_and_the_note_of_it_does_not_make_the_task_run_twice(bool isHalfWritten)
    {
        using var kept = KeptChildren.Of(_fixture.Init);
        using MainTask main = Create("free");
        await main.StartAsync(CancellationToken.None);
        FakeProcess process = await _fixture.StartedAsync();
        await NotedAsync();
        File.Delete(Paths.MainRun);
        if (isHalfWritten)
        {
            File.WriteAllText(Paths.MainRun, "");
        }

        using var next = new EngineFixture();
        using MainTask later = await SucceedAsync("free", next, kept.Owned());
        process.Exit(7);

        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
        Assert.Equal("X_PV_MAIN_EXIT=7", await SaidAsync());
        Assert.True(next.NothingStarted);
    }

    [Fact]
    public async Task A_run_whose_end_nobody_knows_is_a_failure_of_the_system()
    {
        File.WriteAllText(Paths.MainRun, RunId.New(DateTimeOffset.UnixEpoch).Value);
        using MainTask main = Create("free");
        main.Recall([]);
        await main.StartAsync(CancellationToken.None);
        Assert.Equal("X_PV_MAIN_EXIT=111", await SaidAsync());
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_a_failure_of_the_system()
    {
        using MainTask main = Create("nothing");
        await main.StartAsync(CancellationToken.None);
        Assert.Equal("X_PV_MAIN_EXIT=111", await SaidAsync());
    }

    [Fact]
    public async Task A_failure_is_not_told_by_an_instance_that_is_not_the_service_any_more()
    {
        _state = "leaving";
        File.WriteAllText(Paths.MainRun, RunId.New(DateTimeOffset.UnixEpoch).Value);
        using MainTask main = Create("free");
        main.Recall([]);
        await main.StartAsync(CancellationToken.None);
        await main.ExecuteTask!.WaitAsync(EngineFixture.Patience);
        Assert.False(_said.Reader.TryRead(out _));
    }

    /// <summary>The instance that comes after a kill.</summary>
    private async Task<MainTask> SucceedAsync(string task, EngineFixture next, IReadOnlyList<Child> owned)
    {
        MainTask later = Create(task, next.Engine);
        later.Recall(owned);
        next.Engine.Adopt(owned);
        await later.StartAsync(CancellationToken.None);
        return later;
    }

    private MainTask Create(string? task, PvExec.Exec.Engine.RunEngine? engine = null) => new(
        engine ?? _fixture.Engine,
        new DaemonOptions { RuntimeDir = _runtime.Path, Main = task is null ? null : "task:" + task },
        () => new List<ServiceStatus> { new("exec", Environment.ProcessId, _state, "", 0, 0, 0), new("front", 0, _front, "", 0, 0, 0) },
        this,
        TimeProvider.System,
        NullLogger<MainTask>.Instance);

    private async Task<string> SaidAsync() => await _said.Reader.ReadAsync().AsTask().WaitAsync(EngineFixture.Patience);

    private async Task<string> NotedAsync()
    {
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Paths.MainRun) && new FileInfo(Paths.MainRun).Length == RunId.Length, EngineFixture.Patience));
        return await File.ReadAllTextAsync(Paths.MainRun);
    }
}
