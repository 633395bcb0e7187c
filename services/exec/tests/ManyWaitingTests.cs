using Grpc.Core;
using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Tests;

/// <summary>As many calls wait for one scope as may.</summary>
public sealed class ManyWaitingTests
{
    private static readonly int s_most = new ExecOptions().MaxWaitingRuns;

    [Fact]
    public async Task Ten_thousand_calls_wait_the_next_is_refused_and_none_is_remembered_when_all_are_gone()
    {
        await using var fixture = new SuccessionFixture();
        Instance exec = fixture.Old;
        await SuccessionFixture.CallAsync(exec, "writes", new TestCallContext(CancellationToken.None), wait: false);
        using FakeProcess holder = await fixture.StartedAsync();
        WeakReference[] runs = await WaitAndLeaveAsync(exec);

        Assert.Single(exec.Engine.Live);
        Assert.Equal(0, exec.Locks.Waiting);
        await ForgottenAsync(runs);
        var last = new TestCallContext(CancellationToken.None);
        await SuccessionFixture.CallAsync(exec, "writes", last, wait: false);
        holder.Exit();
        using FakeProcess next = await fixture.StartedAsync();
        Assert.Equal(last.Trailer(ExecGrpc.RunIdTrailer), next.Spec.Label);
    }

    /// <summary>What still follows a withdrawal on other threads may hold its run a little longer.</summary>
    private static async Task ForgottenAsync(WeakReference[] runs)
    {
        for (long began = Environment.TickCount64; runs.Count(run => run.IsAlive) > s_most / 100; GC.Collect())
        {
            Assert.True(Environment.TickCount64 - began < SuccessionFixture.Patience.TotalMilliseconds, $"{runs.Count(run => run.IsAlive)} runs are remembered");
            await Task.Yield();
        }
    }

    /// <summary>In a method of its own, so that nothing of it is on the stack afterwards.</summary>
    /// <returns>The runs that waited.</returns>
    private static async Task<WeakReference[]> WaitAndLeaveAsync(Instance exec)
    {
        using var callers = new CancellationTokenSource();
        Task<ExecResp>[] calls = [.. Enumerable.Range(0, s_most).Select(_ => SuccessionFixture.CallAsync(exec, "writes", new TestCallContext(callers.Token)))];
        Assert.Equal(s_most, exec.Locks.Waiting);
        FaultException full = await Assert.ThrowsAsync<FaultException>(() => SuccessionFixture.CallAsync(exec, "reads", new TestCallContext(callers.Token)));
        Assert.Equal(FaultKind.ResourceExhausted, full.Fault.Kind);
        Assert.Contains($"'reads' would have to wait (reads src) and {s_most} runs wait", full.Fault.Detail, StringComparison.Ordinal);
        Run[] waiting = [.. exec.Engine.Live.Where(run => run.State == RunState.Waiting)];

        // Half of them are cancelled by others, the callers of the rest go away.
        var why = new Fault(FaultKind.Cancelled, "it was cancelled");
        foreach (Run run in waiting.Take(s_most / 2))
        {
            Assert.True(await exec.Engine.CancelAsync(run, why, exec.Next.IsThere));
        }

        await callers.CancelAsync();
        foreach (Task<ExecResp> call in calls)
        {
            await call.WaitAsync(SuccessionFixture.Patience).ContinueWith(
                ended => Assert.True(ended.IsCanceled || ended.Exception?.InnerException is FaultException or RpcException),
                TaskScheduler.Default);
        }

        Assert.Equal(s_most, waiting.Length);
        WeakReference[] runs = [.. waiting.Select(run => new WeakReference(run))];

        // This method's own state may outlive it.
        Array.Clear(waiting);
        Array.Clear(calls);
        return runs;
    }
}
