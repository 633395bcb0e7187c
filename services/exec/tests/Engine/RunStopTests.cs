using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunStopTests : IDisposable
{
    private readonly EngineFixture _fixture = new(new ExecOptions { MaxEndedRuns = 0 });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Runs_that_wait_are_withdrawn_and_new_ones_refused_while_what_runs_may_end()
    {
        _fixture.Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run waiting = _fixture.Submit("reads");

        Task stop = _fixture.Engine.StopAsync(TimeSpan.FromMinutes(10), CancellationToken.None);
        Assert.Equal(FaultKind.Unavailable, (await EngineFixture.ResultOf(waiting)).Fault?.Kind);
        Assert.Equal(FaultKind.Unavailable, _fixture.Try("free").Fault?.Kind);
        Assert.False(stop.IsCompleted);

        writer.Exit();
        await stop.WaitAsync(EngineFixture.Patience);
        Assert.Empty(_fixture.Init.Signals);
        Assert.Single(_fixture.Init.Acknowledged);
    }

    [Fact]
    public async Task What_does_not_end_is_told_to_and_then_killed_with_all_its_descendants()
    {
        _fixture.Init.OnSignal = (child, signal) =>
        {
            if (signal == 9)
            {
                child.SetExited(FakeInit.Killed(9));
            }
        };
        Run run = _fixture.Submit("writes");
        (await _fixture.StartedAsync()).Dispose();

        await _fixture.Engine.StopAsync(TimeSpan.FromMilliseconds(500), CancellationToken.None).WaitAsync(EngineFixture.Patience);

        Assert.Equal([(15, SignalScope.Tree), (9, SignalScope.Tree)], _fixture.Init.Signals.Select(signal => (signal.Signal, signal.Scope)));
        Assert.Equal(9, (await EngineFixture.ResultOf(run)).Value.Status.Signal);
    }

    [Fact]
    public async Task Descendants_that_outlive_a_run_that_was_cancelled_are_killed_with_the_rest()
    {
        TaskFiles.Write(_fixture.Root, "patient/run", "true");
        TaskFiles.Write(_fixture.Root, "patient/timeout-kill", "3600", executable: false);
        Run run = _fixture.Submit("patient");
        FakeProcess process = await _fixture.StartedAsync();
        bool isKilled = false;
        _fixture.Init.HasDescendants = _ => !Volatile.Read(ref isKilled);
        _fixture.Init.OnSignal = (child, signal) =>
        {
            if (signal == 9)
            {
                Volatile.Write(ref isKilled, true);
            }
            else if (!child.Exited.IsCompleted)
            {
                process.Exit();
            }
        };
        Task<bool> cancelled = _fixture.Engine.CancelAsync(run, new Fault(FaultKind.Cancelled, "test"), new TaskCompletionSource().Task);
        await process.Child.Exited.WaitAsync(EngineFixture.Patience);

        await _fixture.Engine.StopAsync(TimeSpan.FromMilliseconds(500), CancellationToken.None).WaitAsync(EngineFixture.Patience);

        Assert.True(await cancelled.WaitAsync(EngineFixture.Patience));
        Assert.True(run.Completion.IsCompleted);
        Assert.Equal([15, 15, 9], _fixture.Init.Signals.Select(sent => sent.Signal));
    }

    [Fact]
    public async Task Nothing_to_wait_for_ends_at_once() =>
        await _fixture.Engine.StopAsync(TimeSpan.FromMinutes(10), CancellationToken.None).WaitAsync(EngineFixture.Patience);
}
