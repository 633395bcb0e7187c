using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>What holds after every step, and at the end.</content>
internal sealed partial class ModelWorld
{
    /// <summary>All that there are may run out of time at one moment, and each is looked at when it has.</summary>
    private const int MostEnded = MostClaims;

    private const int MostWaiting = 40;
    private const int MostRunning = 40;

    private static async Task CheckEndAsync(Run run, ExitStatus expected, IEnumerable<ModelProcess> processes)
    {
        Outcome<RunResult> outcome = await run.Completion.WaitAsync(s_patience);
        Assert.Equal(expected, outcome.Value.Status);
        if (run.Output.TryHold())
        {
            Assert.Equal(string.Concat(processes.Select(process => process.Written)), System.Text.Encoding.UTF8.GetString(run.Output.Standard.Copy(0, long.MaxValue)));
            run.Output.Release();
        }
    }

    private void Check()
    {
        Assert.True(_occupancy.Violation is null, _occupancy.Violation);
        Assert.False(_instance.Exit.Demanded.IsCompleted, "the service wants to leave");
        string[] started = [.. _init.Kept.Where(process => process.Status is null).Select(process => process.Run).Distinct()];
        Assert.Equal(Sorted(_queue.Running.Select(run => run.Name)), Sorted(started));
        Assert.Equal(
            Sorted(_queue.Claims.OfType<ModelRun>().Select(run => run.Name)),
            Sorted(_instance.Engine.Live.Where(run => !run.Completion.IsCompleted).Select(run => run.Id.Value)));
        foreach (ModelRun run in _queue.Claims.OfType<ModelRun>())
        {
            Assert.Equal(run.IsHeld ? RunState.Running : RunState.Waiting, run.Real.State);
        }

        int waiting = _queue.Claims.Count(claim => !claim.IsHeld);
        Assert.True(waiting == _instance.Locks.Waiting, $"{waiting} wait, not {_instance.Locks.Waiting}: {Told()}");
        Assert.Equal(_queue.Leases.Count(lease => lease.Id is not null), _instance.Leases.Count);
    }

    private async Task CheckNothingIsLeftAsync()
    {
        _doing = "the end";
        Assert.Equal(0, _instance.Locks.Queues);
        Assert.Equal(0, _instance.Leases.Count);

        // The last instance may have been killed just before: then somebody may come for what ran.
        _clock.Advance(new ExecOptions().CallerReturnTime);
        Task<bool> ended = _instance.Engine.EndedAsync(s_patience, CancellationToken.None);
        Assert.True(await ended.WaitAsync(s_patience));
        Assert.Equal(_accepted, _ended.Count);
        Assert.DoesNotContain(_ends, one => one.Value != 1);
        Assert.Equal(_instance.Engine.Ended.Count, _instance.Engine.Ended.Distinct().Count());
        Assert.InRange(_init.Kept.Select(process => process.Run).Distinct().Count(), 0, MostEnded);
        await CheckRoomAsync();
    }

    /// <summary>No run that has ended still takes a place: as many can run as may, and as many wait.</summary>
    private async Task CheckRoomAsync()
    {
        ModelLease all = await FillAsync();
        var request = new RunRequest(_tasks.First(task => task.Scopes != ModelScopes.None).Name, [], ReadOnlyMemory<byte>.Empty, 0);
        for (int i = 0; i < MostWaiting; i++)
        {
            await EnterAsync(request);
        }

        Assert.False(_instance.Engine.Submit(request).TryGet(out _, out Fault? full));
        Assert.Equal(FaultKind.ResourceExhausted, full.Kind);
        foreach (Run run in _instance.Engine.Live.Where(run => run.State == RunState.Waiting))
        {
            Assert.True(_instance.Engine.Withdraw(run, s_withdrawn));
        }

        _ = _instance.Leases.Release(all.Id!.Value).Value;
        Assert.Equal(0, _instance.Locks.Queues);
        for (int i = 0; i < MostRunning; i++)
        {
            await EnterAsync(request with { TaskName = _tasks[0].Name });
        }

        Assert.Equal(MostRunning, _instance.Engine.Live.Count);
        Assert.False(_instance.Engine.Submit(request with { TaskName = _tasks[0].Name }).TryGet(out _, out full));
        Assert.Equal(FaultKind.ResourceExhausted, full.Kind);
    }

    private async Task<ModelLease> FillAsync()
    {
        var all = new ModelLease("all of it", new ModelScopes([], ["a", "a-b", "b"]));
        Ask(all);
        await SeeLeaseAsync(all);
        return all;
    }

    /// <summary>A withdrawn run leaves its place a moment after it has been withdrawn.</summary>
    private async Task EnterAsync(RunRequest request)
    {
        DateTimeOffset atLast = DateTimeOffset.UtcNow + s_patience;
        while (!_instance.Engine.Submit(request).Succeeded(out Fault? full))
        {
            Assert.True(DateTimeOffset.UtcNow < atLast, full.Detail);
            await Task.Yield();
        }
    }

    private string Told() =>
        "expected\n" + string.Join('\n', _queue.Claims.Select(claim => $"{(claim.IsHeld ? "held" : "waits")} {claim.Name}: {claim.Scopes}, {claim.Task?.Name} of {claim.Most}"))
        + "\nfound\n" + string.Join('\n', _instance.Locks.Snapshot().Select(use =>
            $"{use.Scope}: held by {string.Join(' ', use.Holders.Select(one => one.Holder))}, waited for by {string.Join(' ', use.Waiters.Select(one => one.Holder))}"));

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
