using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Processes.Freezing;

/// <summary>
/// Freezes managed processes with all their descendants and thaws them. A freeze ends when its
/// asker says so, when the asker's connection ends, or when its time is over, whichever comes first; a process goes on when
/// no freeze holds it any more. One that is being ended is held by none: it has to act on its SIGTERM.
/// </summary>
internal sealed partial class Freezer(TreeBrake brake, FrozenMark mark, TimeProvider clock, ILogger<Freezer> log) : IAsyncDisposable
{
    /// <summary>After how long what could not be let go on is tried again.</summary>
    private static readonly TimeSpan ThawAgain = TimeSpan.FromSeconds(1);

    private readonly StartHold _starts = new();
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>One freeze, thaw or release at a time; guards the fields below, and the brake.</summary>
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<ulong, Freeze> _freezes = [];
    private ulong _lastId;
    private bool _disposed;

    /// <summary>Guards the numbers of those that are being ended: a freeze under way looks at them. A leaf.</summary>
    private readonly Lock _endingLock = new();
    private readonly HashSet<ulong> _ending = [];

    /// <summary>Completes when nothing is frozen, nor about to be.</summary>
    public Task Thawed => _starts.Free;

    /// <summary>Begins the start of a process, when nothing is frozen; a freeze waits until what this returns is disposed of.</summary>
    public Task<IDisposable> EnterStartAsync() => _starts.EnterAsync();

    /// <summary>Stops the processes; returns when none of them runs any more.</summary>
    /// <param name="processes">By name; asked when starts are held up.</param>
    /// <param name="timeLimit">When they thaw by themselves.</param>
    /// <param name="askerGone">Cancelled when the asker's connection ends.</param>
    /// <returns>DeadlineExceeded when one does not stand still, Unavailable when this instance leaves; then nothing stays frozen.</returns>
    public async Task<Outcome<Freeze>> FreezeAsync(
        Func<IReadOnlyDictionary<string, Child>> processes, string reason, TimeSpan timeLimit, CancellationToken askerGone)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (_disposed)
            {
                return new Fault(FaultKind.Unavailable, "pv-process is leaving: ask again in a moment");
            }

            Outcome<Unit> marked = Mark();
            if (!marked.Succeeded(out Fault? fault))
            {
                return fault;
            }

            if (!await HoldStartsAsync())
            {
                LetGo();
                return new Fault(FaultKind.DeadlineExceeded, $"nothing is frozen, since a process is being started for {TreeBrake.StandStill.TotalSeconds} s already: ask again");
            }

            var freeze = new Freeze(++_lastId, reason, NotEnding(processes()), timeLimit, clock);
            _freezes.Add(freeze.Id, freeze);
            bool isHeld = false;
            try
            {
                foreach ((string name, Child child) in freeze.Processes)
                {
                    if (!await brake.StopAsync(child, () => IsEnding(child)))
                    {
                        return new Fault(FaultKind.DeadlineExceeded, $"process '{name}' (pid {child.Pid}) does not stand still: nothing is frozen, see what it waits for in /proc/{child.Pid}/stack");
                    }
                }

                isHeld = true;
            }
            finally
            {
                if (!isHeld && !await TryRemoveAsync(freeze))
                {
                    freeze.AskToThaw();
                    freeze.Ended = EndAsync(freeze, CancellationToken.None);
                }
            }

            ProcessLog.Frozen(log, freeze.Id, freeze.Processes.Count, reason);
            freeze.Ended = EndAsync(freeze, askerGone);
            return freeze;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Starts a freeze's time anew.</summary>
    /// <returns>NotFound when it has ended.</returns>
    public async Task<Outcome<Unit>> RenewAsync(ulong id, TimeSpan timeLimit)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            return _freezes.TryGetValue(id, out Freeze? freeze) && freeze.Renew(timeLimit) ? Unit.Value : HasEnded(id);
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
            return HasEnded(id);
        }

        freeze.AskToThaw();
        await freeze.Ended;
        return Unit.Value;
    }

    /// <summary>For a process that is to end: it goes on, and no freeze holds it until <see cref="Forget"/>.</summary>
    public async Task ReleaseAsync(Child child)
    {
        lock (_endingLock)
        {
            _ending.Add(child.Id);
        }

        // In turn with the freezes: a signal that comes late would let go what a later one holds.
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (_freezes.Values.Any(freeze => freeze.Processes.Values.Contains(child)))
            {
                await brake.ContinueAsync(child);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The ending of the process is over.</summary>
    public void Forget(Child child)
    {
        lock (_endingLock)
        {
            _ending.Remove(child.Id);
        }
    }

    /// <summary>Ends every freeze and begins no more. The gate stays: who waits at it is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        Freeze[] all;
        await _gate.WaitAsync(CancellationToken.None);
        _disposed = true;
        all = [.. _freezes.Values];
        _gate.Release();
        await _leaving.CancelAsync();
        await LeftThawed;
        foreach (Freeze freeze in all)
        {
            freeze.AskToThaw();
            await freeze.Ended;
        }
    }

    private static Fault HasEnded(ulong id) => new(FaultKind.NotFound, $"there is no freeze {id}: it has ended, so its processes run");

    /// <returns>False when one that is under way does not end in time.</returns>
    private async Task<bool> HoldStartsAsync()
    {
        Task idle = _starts.Hold();
        try
        {
            await idle.WaitAsync(TreeBrake.StandStill, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Dictionary<string, Child> NotEnding(IReadOnlyDictionary<string, Child> processes) =>
        processes.Where(process => !IsEnding(process.Value)).ToDictionary(StringComparer.Ordinal);

    private bool IsEnding(Child child)
    {
        lock (_endingLock)
        {
            return _ending.Contains(child.Id);
        }
    }
}
