using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Freezing;

/// <summary>
/// Stops managed processes with all their descendants (SIGSTOP) and lets them go on (SIGCONT). A freeze ends when its
/// asker says so, when the asker's connection ends, or when its time is over, whichever comes first; a process goes on when
/// no freeze holds it any more.
/// </summary>
internal sealed class Freezer(IInit init, IKernelTables tables, FrozenMark mark, TimeProvider clock, ILogger<Freezer> log) : IAsyncDisposable
{
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    /// <summary>How long a tree may take to stand still: a member in an uninterruptible call stops when it returns.</summary>
    private static readonly TimeSpan StandStill = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    // A timer takes no more than 2^32 - 2 ms.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>One freeze or thaw at a time; guards the fields below.</summary>
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<ulong, Freeze> _freezes = [];
    private TaskCompletionSource _thawed = Completed();
    private ulong _lastId;
    private bool _disposed;

    /// <summary>Completes when nothing is frozen: a process is started only then.</summary>
    public Task Thawed => Volatile.Read(ref _thawed).Task;

    /// <summary>Stops the processes; returns when none of them runs any more.</summary>
    /// <param name="processes">By name.</param>
    /// <param name="timeLimit">When they thaw by themselves.</param>
    /// <param name="askerGone">Cancelled when the asker's connection ends.</param>
    /// <returns>DeadlineExceeded when one does not stand still, Unavailable when this instance leaves; then nothing stays frozen.</returns>
    public async Task<Outcome<Freeze>> FreezeAsync(
        IReadOnlyDictionary<string, Child> processes, string reason, TimeSpan timeLimit, CancellationToken askerGone)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (_disposed)
            {
                return new Fault(FaultKind.Unavailable, "pv-process is leaving: ask again in a moment");
            }

            var freeze = new Freeze(++_lastId, reason, processes);
            Outcome<Unit> marked = Mark();
            if (!marked.Succeeded(out Fault? fault))
            {
                return fault;
            }

            _freezes.Add(freeze.Id, freeze);
            if (_thawed.Task.IsCompleted)
            {
                Volatile.Write(ref _thawed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            bool isHeld = false;
            try
            {
                foreach ((string name, Child child) in processes)
                {
                    if (!await StopAsync(child))
                    {
                        return new Fault(FaultKind.DeadlineExceeded, $"process '{name}' (pid {child.Pid}) does not stand still: nothing is frozen, see what it waits for in /proc/{child.Pid}/stack");
                    }
                }

                isHeld = true;
            }
            finally
            {
                if (!isHeld)
                {
                    await RemoveAsync(freeze);
                }
            }

            ProcessLog.Frozen(log, freeze.Id, processes.Count, reason);
            freeze.Ended = EndAsync(freeze, timeLimit < Longest ? timeLimit : Longest, askerGone);
            return freeze;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends a freeze; returns when its processes run again.</summary>
    /// <returns>NotFound when it has ended.</returns>
    public async Task<Outcome<Unit>> ThawAsync(ulong id)
    {
        Freeze? freeze;
        await _gate.WaitAsync(CancellationToken.None);
        _freezes.TryGetValue(id, out freeze);
        _gate.Release();
        if (freeze is null)
        {
            return new Fault(FaultKind.NotFound, $"there is no freeze {id}: it has ended, so its processes run");
        }

        freeze.AskToThaw();
        await freeze.Ended;
        return Unit.Value;
    }

    /// <summary>For a process that is to end: one that stands still cannot act on SIGTERM.</summary>
    public async Task ReleaseAsync(Child child)
    {
        if (!Thawed.IsCompleted)
        {
            await ContinueAsync(child);
        }
    }

    /// <summary>Lets go on what an earlier instance left frozen.</summary>
    public async Task ThawLeftAsync(IEnumerable<Child> processes)
    {
        if (!mark.Exists)
        {
            return;
        }

        foreach (Child child in processes)
        {
            await ContinueAsync(child);
        }

        mark.Clear();
        ProcessLog.ThawedLeft(log);
    }

    /// <summary>Ends every freeze and begins no more. The gate stays: who waits at it is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        Freeze[] all;
        await _gate.WaitAsync(CancellationToken.None);
        _disposed = true;
        all = [.. _freezes.Values];
        _gate.Release();
        foreach (Freeze freeze in all)
        {
            freeze.AskToThaw();
            await freeze.Ended;
        }
    }

    private async Task EndAsync(Freeze freeze, TimeSpan timeLimit, CancellationToken askerGone)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(askerGone);
        Task late = Task.Delay(timeLimit, clock, ending.Token);
        if (await Task.WhenAny(freeze.ThawAsked, late) == late && !askerGone.IsCancellationRequested)
        {
            ProcessLog.FrozenTooLong(log, freeze.Id, freeze.Reason, timeLimit.TotalSeconds);
        }

        await ending.CancelAsync();
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await RemoveAsync(freeze);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Called with the gate held.
    private async Task RemoveAsync(Freeze freeze)
    {
        _freezes.Remove(freeze.Id);
        foreach (Child child in freeze.Processes.Values)
        {
            if (!_freezes.Values.Any(other => other.Processes.Values.Contains(child)))
            {
                await ContinueAsync(child);
            }
        }

        if (_freezes.Count == 0)
        {
            _thawed.TrySetResult();
            Unmark();
        }
    }

    /// <returns>False when a member of the tree still runs after <see cref="StandStill"/>.</returns>
    private async Task<bool> StopAsync(Child child)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            // Again and again: a member may fork while the tree is gone through.
            await SignalAsync(child, SIGSTOP);
            List<ProcessStat> tree = ProcessTree.Of(tables.Processes(), child.Pid, !child.Exited.IsCompleted);
            if (tree.All(process => process.State is 'T' or 't'))
            {
                return true;
            }

            if (clock.GetElapsedTime(started) >= StandStill)
            {
                return false;
            }

            await Task.Delay(LookAgain, clock);
        }
    }

    private Task ContinueAsync(Child child) => SignalAsync(child, SIGCONT);

    private async Task SignalAsync(Child child, int signal)
    {
        Outcome<Unit> sent = await init.SignalAsync(child, signal, SignalScope.Tree, CancellationToken.None);
        if (!sent.Succeeded(out Fault? fault))
        {
            ProcessLog.SignalFailed(log, signal, child.Label, fault.Detail);
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
            // It only makes the next instance send SIGCONT to what runs anyway.
            ProcessLog.MarkLeft(log, e.Message);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
