using PvExec.Exec.Core.Runs;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>What the reference expects of a run, seen to come.</content>
internal sealed partial class ModelWorld
{
    /// <summary>Its processes run; or it has failed.</summary>
    private async Task SeeStartAsync(ModelRun run)
    {
        if (run.Fails)
        {
            await SeeFaultAsync(run, FaultKind.FailedPrecondition);
            return;
        }

        while (run.Real.Start is null)
        {
            Task changed = run.Real.Changes.Next();
            if (run.Real.Start is null)
            {
                await changed.WaitAsync(s_patience);
            }
        }

        Assert.Equal(run.Task!.HasFilter ? 2 : 1, ProcessesOf(run).Count());
        Hold(run);
        await SeeTimersAsync();
    }

    private void Hold(ModelRun run)
    {
        run.IsHeld = true;
        Watch(run);
    }

    /// <summary>Its time counts from the start of its processes, and a timer takes whole milliseconds.</summary>
    private void Watch(ModelRun run)
    {
        if (run.IsHeld && run.Task!.Timeout is { } timeout)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            TimeSpan left = ProcessesOf(run).Min(process => process.Started) + timeout - now;
            run.Due = now + TimeSpan.FromMilliseconds(left.Ticks / TimeSpan.TicksPerMillisecond);
        }
    }

    /// <summary>The time of all that run is watched over: the clock may move on.</summary>
    private async Task SeeTimersAsync()
    {
        foreach (IGrouping<DateTimeOffset?, ModelRun> due in _queue.Running.GroupBy(run => run.Due).Where(due => due.Key is not null))
        {
            for (Task next = _clock.NextTimer; _clock.TimersAt(due.Key!.Value) < due.Count(); next = _clock.NextTimer)
            {
                await next.WaitAsync(s_patience);
            }
        }
    }

    /// <summary>Once the last of its processes has ended: it ends with their status, and what they wrote.</summary>
    private async Task SeeEndAsync(ModelRun run)
    {
        ModelProcess[] processes = [.. ProcessesOf(run)];
        if (processes.Any(process => process.Status is null))
        {
            return;
        }

        Assert.NotEmpty(processes);
        ExitStatus[] all = [.. processes.OrderBy(process => process.IsFilter).Select(process => process.Status!.Value)];
        ExitStatus expected = all.FirstOrDefault(status => !status.Succeeded, ExitStatus.Exited(0));
        await CheckEndAsync(run.Real, expected, processes);
        Assert.True(_ended.TryAdd(run.Name, expected), "a run ended twice");
        _processes[run.Name] = processes.Length;
        _queue.Claims.Remove(run);
    }

    private async Task SeeFaultAsync(ModelRun run, FaultKind kind)
    {
        Outcome<RunResult> outcome = await run.Real.Completion.WaitAsync(s_patience);
        Assert.False(outcome.TryGet(out _, out Fault? fault));
        Assert.Equal(kind, fault.Kind);
        Assert.True(_ended.TryAdd(run.Name, fault), "a run ended twice");
        _queue.Claims.Remove(run);
    }

    /// <summary>What runs is there and holds its locks, what ended ends as it did.</summary>
    private async Task SeeTakenUpAsync()
    {
        foreach (ModelRun run in _queue.Claims.OfType<ModelRun>().ToArray())
        {
            Run? real = _instance.Engine.Find(run.Real.Id);
            Assert.True(real is not null, $"run {run.Name} of {run.Task!.Name} is lost");
            run.Real = real;
            Watch(run);
        }

        foreach (IGrouping<string, ModelProcess> ended in _init.Kept.GroupBy(process => process.Run).Where(all => all.All(one => one.Status is not null)))
        {
            // One that was about to be forgotten when the instance was killed may be there by half.
            if (_ended.TryGetValue(ended.Key, out Outcome<ExitStatus> before)
                && ended.Count() == _processes[ended.Key]
                && _instance.Engine.Find(RunId.Parse(ended.Key)!.Value) is { } run)
            {
                await CheckEndAsync(run, before.Value, ended);
            }
        }

        foreach (ModelRun run in _queue.Running.ToArray())
        {
            await SeeEndAsync(run);
        }
    }
}
