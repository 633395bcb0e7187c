using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Processes.Freezing;

/// <summary>How a freeze ends.</summary>
internal sealed partial class Freezer
{
    private async Task EndAsync(Freeze freeze, CancellationToken askerGone)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(askerGone, freeze.Late);
        await freeze.ThawAsked.WaitAsync(ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (freeze.Late.IsCancellationRequested && !freeze.ThawAsked.IsCompleted && !askerGone.IsCancellationRequested)
        {
            ProcessLog.FrozenTooLong(log, freeze.Id, freeze.Reason);
        }

        while (!await TryEndAsync(freeze))
        {
            await Task.Delay(ThawAgain, clock);
        }
    }

    /// <returns>False when it has to be tried again.</returns>
    private async Task<bool> TryEndAsync(Freeze freeze)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            bool ended = await TryRemoveAsync(freeze);
            if (!ended && _disposed)
            {
                // This instance leaves: the mark stays, and the next one thaws.
                _starts.Release();
            }

            return ended || _disposed;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets go on what no other freeze holds, and forgets the freeze when all of it does. Called with the gate held.</summary>
    private async Task<bool> TryRemoveAsync(Freeze freeze)
    {
        foreach (Child child in freeze.Processes.Values)
        {
            if (!_freezes.Values.Any(other => other != freeze && other.Processes.Values.Contains(child)) && !await brake.ContinueAsync(child))
            {
                ProcessLog.NotThawed(log, child.Label, child.Pid);
                return false;
            }
        }

        _freezes.Remove(freeze.Id);
        freeze.Dispose();
        LetGo();
        return true;
    }

    // Called with the gate held.
    private void LetGo()
    {
        _starts.Release();
        if (_freezes.Count == 0 && !_isLeftFrozen)
        {
            Unmark();
        }
    }

    private Outcome<Unit> Mark()
    {
        try
        {
            mark.Set();
            return Unit.Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultKind.ResourceExhausted, $"nothing is frozen, since the note of it cannot be written: {e.Message}; see that the runtime directory has room");
        }
    }

    private void Unmark()
    {
        try
        {
            mark.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only makes the next instance thaw what runs anyway.
            ProcessLog.MarkLeft(log, e.Message);
        }
    }
}
