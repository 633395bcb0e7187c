using PvExec.Hosting.Init;

namespace PvExec.Processes.Freezing;

/// <summary>What an earlier instance left frozen.</summary>
internal sealed partial class Freezer
{
    // Guarded by the gate: the mark is to stay for it.
    private bool _isLeftFrozen;

    /// <summary>Completes when all of it goes on again, or this instance leaves.</summary>
    public Task LeftThawed { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Lets go on what an earlier instance left frozen. What cannot be now is tried again (<see cref="LeftThawed"/>), by this
    /// instance until it leaves, and then by the next one.
    /// </summary>
    public async Task ThawLeftAsync(IEnumerable<Child> processes)
    {
        if (!mark.Exists)
        {
            return;
        }

        List<Child> frozen = [.. processes];
        await ThawAsync(frozen, first: true);
        LeftThawed = KeepThawingAsync(frozen);
    }

    private async Task KeepThawingAsync(List<Child> frozen)
    {
        for (bool again = false; ; again = true)
        {
            try
            {
                if (again)
                {
                    await ThawAsync(frozen, first: false);
                }

                if (frozen.Count == 0)
                {
                    await ForgetLeftAsync();
                    return;
                }
            }
            catch (Exception e)
            {
                ProcessLog.ThawFailed(log, e);
            }

            await Task.Delay(ThawAgain, clock, _leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_leaving.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ForgetLeftAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            _isLeftFrozen = false;
            if (_freezes.Count == 0)
            {
                Unmark();
            }
        }
        finally
        {
            _gate.Release();
        }

        ProcessLog.ThawedLeft(log);
    }

    /// <summary>Takes those out that go on, those that have ended, and those that a freeze of this instance holds by now: its end lets them go on.</summary>
    private async Task ThawAsync(List<Child> frozen, bool first)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            _isLeftFrozen = true;
            foreach (Child child in frozen.ToArray())
            {
                if (_freezes.Values.Any(freeze => freeze.Processes.Values.Contains(child)) || await brake.ContinueAsync(child))
                {
                    frozen.Remove(child);
                }
                else if (first)
                {
                    ProcessLog.NotThawed(log, child.Label, child.Pid);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
