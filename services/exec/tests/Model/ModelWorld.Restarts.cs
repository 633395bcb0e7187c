using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>pv-exec is killed, or hands over.</content>
internal sealed partial class ModelWorld
{
    /// <summary>In the middle of nothing, of what follows an end, or of a start whose answer has not come.</summary>
    private async Task KillAsync()
    {
        _doing = "pv-exec is killed";
        TaskCompletionSource? answers = Chance(40) ? BeginStart() : null;
        ModelProcess? ending = Chance(40) ? Pick(_init.Kept.Where(process => process.Status is null)) : null;
        if (ending is not null)
        {
            End(ending, ExitStatus.Exited(3));
        }

        // Of a process that is gone nothing is done any more, to what outlives it neither.
        Instance before = _instance;
        Task decided = before.Gate.CloseAsync();
        _init.Cut();
        _observer.Kill();
        answers?.SetException(new IOException("the line to pv-init broke"));
        _init.Answers = Task.CompletedTask;
        await decided.WaitAsync(s_patience);
        await before.DisposeAsync();
        foreach (ModelLease lease in _queue.Leases.ToArray())
        {
            _occupancy.Leave(lease.Name);
            _queue.Claims.Remove(lease);
        }

        // The next instance may start some of those that wait before it is looked at.
        ILookup<string, bool> left = _init.Kept.ToLookup(process => process.Run, process => process.IsFilter);
        (_instance, _observer) = NewInstance();
        _instance.TakeOver(_init.Line.Owned, ReadOnlyMemory<byte>.Empty, handedOver: false);
        foreach (ModelRun run in _queue.Claims.OfType<ModelRun>().ToArray())
        {
            if (!left[run.Name].Contains(false))
            {
                await SeeLostAsync(run, hasFilter: left.Contains(run.Name));
                continue;
            }

            if (!run.IsHeld)
            {
                Hold(run);
            }
        }

        _queue.PutHoldersFirst();
        await SeeTakenUpAsync();
    }

    /// <summary>It waited, or was about to be started: it waits again, or is lost with its caller, and its filter killed.</summary>
    private async Task SeeLostAsync(ModelRun run, bool hasFilter)
    {
        if (run is { Waited: true, Real.Token: not null } && !hasFilter)
        {
            Assert.NotNull(_instance.Engine.Find(run.Real.Id));
            return;
        }

        if (_instance.Engine.Find(run.Real.Id) is { } filtered)
        {
            run.Real = filtered;
            await SeeFaultAsync(run, FaultKind.Unavailable);
            return;
        }

        Assert.True(_ended.TryAdd(run.Name, new Fault(FaultKind.Unavailable, "lost")));
        _queue.Claims.Remove(run);
    }

    private async Task HandOverAsync()
    {
        _doing = "pv-exec hands over";
        TaskCompletionSource? answers = Chance(30) ? BeginStart() : null;
        ModelProcess? before = Chance(30) ? Pick(_init.Kept.Where(process => process.Status is null)) : null;
        if (before is not null)
        {
            End(before, ExitStatus.Exited(4));
        }

        Instance old = _instance;
        Task<ReadOnlyMemory<byte>> handingOver = old.HandOverAsync();
        Assert.True(answers is null || !handingOver.IsCompleted, "a start that is under way is not waited for");
        answers?.SetResult();
        _init.Answers = Task.CompletedTask;
        ReadOnlyMemory<byte> table = await handingOver.WaitAsync(s_patience);
        ModelProcess? between = Chance(30) ? Pick(_init.Kept.Where(process => process.Status is null)) : null;
        if (between is not null)
        {
            End(between, ExitStatus.Exited(5));
        }

        // What the old instance decided before the gate was closed.
        foreach (ModelRun run in _queue.Waiting.ToArray())
        {
            if (run.Real.Completion.IsCompleted)
            {
                await SeeFaultAsync(run, FaultKind.FailedPrecondition);
            }
            else if (ProcessesOf(run).Any())
            {
                Hold(run);
            }
        }

        foreach (ModelLease lease in _queue.Leases)
        {
            await ComeBackAsync(lease);
        }

        (_instance, _observer) = NewInstance();
        _instance.TakeOver(_init.Line.Owned, table, handedOver: true);
        await old.DisposeAsync();
        _queue.PutHoldersFirst();
        await SeeTakenUpAsync();
        await SettleAsync();
        foreach (ModelLease lease in _queue.Leases.Where(_ => Chance(70)))
        {
            if (lease.Id is not null)
            {
                Renew(lease);
                continue;
            }

            // Its place may have come to its turn already.
            Ask(lease);
            lease.IsHeld = false;
        }
    }

    /// <summary>A run that can start at once has its process, and nobody was told yet.</summary>
    private TaskCompletionSource? BeginStart()
    {
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _init.Answers = answers.Task;
        Submit(_tasks[0], fails: false);
        return answers;
    }
}
