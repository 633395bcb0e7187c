using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>Time passes, from one moment at which something is due to the next.</content>
internal sealed partial class ModelWorld
{
    private async Task MoveClockAsync(TimeSpan by)
    {
        DateTimeOffset end = _clock.GetUtcNow() + by;
        while (NextDue() is { } next && next <= end)
        {
            _doing = $"the clock comes to {next:T}";
            _clock.Advance(next - _clock.GetUtcNow());
            await SeeDueAsync();
            await SettleAsync();
        }

        _clock.Advance(end - _clock.GetUtcNow());
    }

    private DateTimeOffset? NextDue() => _queue.Running.Select(run => run.Due).Concat(_queue.Leases.Select(lease => (DateTimeOffset?)lease.Due)).Min();

    private async Task SeeDueAsync()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        foreach (ModelRun run in _queue.Running.Where(run => run.Due <= now).ToArray())
        {
            // The model's processes end when they are told to.
            Assert.True((await run.Real.Completion.WaitAsync(s_patience)).Value.TimedOut);
            await SeeEndAsync(run);
        }

        foreach (ModelLease lease in _queue.Leases.Where(lease => lease.Due <= now).ToArray())
        {
            if (!lease.IsHeld && lease.Asking is { } asking)
            {
                Assert.False((await asking.WaitAsync(s_patience)).Succeeded(out Fault? fault));
                Assert.Equal(FaultKind.DeadlineExceeded, fault.Kind);
            }

            _queue.Claims.Remove(lease);
        }
    }

    /// <summary>A task's directory changes meanwhile.</summary>
    private Task EditAsync()
    {
        if (Pick(_tasks.Where(task => task.Most != int.MaxValue)) is { } task)
        {
            task.Edit(_root, _random.Next(1, 5));
            _doing = $"{task.Name} may have {task.Most} runs";
        }

        return Task.CompletedTask;
    }
}
