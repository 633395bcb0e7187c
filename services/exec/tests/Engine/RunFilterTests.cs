using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunFilterTests : IDisposable
{
    private readonly EngineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_filter_gets_the_output_and_its_own_is_the_result()
    {
        Run run = _fixture.Submit("filtered", "input");
        FakeProcess log = await _fixture.StartedAsync();
        FakeProcess task = await _fixture.StartedAsync();
        Assert.Equal("input", task.ReadInput());
        task.Write("raw");
        task.Exit();
        Assert.Equal("raw", log.ReadInput());
        log.Write("filtered");
        log.Exit();

        Assert.True((await EngineFixture.ResultOf(run)).Value.Status.Succeeded);
        Assert.Equal("filtered", EngineFixture.Text(run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Locks_are_held_until_both_have_ended(bool filterFirst)
    {
        _fixture.Submit("filtered");
        FakeProcess log = await _fixture.StartedAsync();
        FakeProcess task = await _fixture.StartedAsync();
        Run next = _fixture.Submit("writes");

        (filterFirst ? log : task).Exit();
        Assert.Equal(RunState.Waiting, next.State);
        (filterFirst ? task : log).Exit();
        (await _fixture.StartedAsync()).Exit();
        Assert.True((await EngineFixture.ResultOf(next)).Value.Status.Succeeded);
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(3, 4, 3)]
    [InlineData(3, 0, 3)]
    public async Task The_status_is_that_of_the_first_that_failed(int ofTask, int ofFilter, int expected)
    {
        Run run = _fixture.Submit("filtered");
        FakeProcess log = await _fixture.StartedAsync();
        FakeProcess task = await _fixture.StartedAsync();
        log.Exit(ofFilter);
        task.Exit(ofTask);

        Assert.Equal(expected, (await EngineFixture.ResultOf(run)).Value.Status.Code);
    }

    [Fact]
    public async Task A_filter_whose_task_cannot_be_started_is_ended()
    {
        _fixture.Init.OnSpawn += (child, spec) => _fixture.Init.SpawnFault = new Fault(FaultKind.FailedPrecondition, "exec: no");
        _fixture.Init.OnSignal = (child, signal) => child.SetExited(FakeInit.Killed(signal));
        Run run = _fixture.Submit("filtered");

        Assert.Equal(FaultKind.FailedPrecondition, (await EngineFixture.ResultOf(run)).Fault?.Kind);
        (Child child, SpawnSpec _) = Assert.Single(_fixture.Init.Spawned);
        Assert.Equal([child], _fixture.Init.Acknowledged);
        await _fixture.IdleAsync();
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task The_read_ends_are_kept_with_the_filter_which_is_started_first()
    {
        _fixture.Submit("filtered");
        using FakeProcess log = await _fixture.StartedAsync();
        using FakeProcess task = await _fixture.StartedAsync();

        Assert.Equal(RunRole.Log, RunNote.Parse(log.Spec.State)?.Role);
        Assert.Equal(4, log.Spec.Kept.Count);
        Assert.Empty(task.Spec.Kept);
    }
}
