using Microsoft.Extensions.Logging;
using PvExec.Linux.Ports;
using PvExec.Linux.Processes;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Adapters;

/// <summary>
/// Tells processes what they listen on. One loop for all: it asks for the listening sockets, cheaply, and looks through
/// the descriptors of the trees only when a socket has appeared. It sleeps while nothing is watched.
/// </summary>
internal sealed class PortWatcher(IKernelTables tables, ILogger<PortWatcher> log) : IDisposable
{
    // After a failure; doubled with every one that follows.
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);

    // Guarded by _lock.
    private readonly List<IWatched> _watched = [];

    // The loop's own: whose a socket is, as long as it listens. A process may leave the tree; its socket stays attributed.
    private readonly Dictionary<IWatched, HashSet<ulong>> _owned = [];
    private HashSet<ulong> _known = [];
    private int _failures;

    public void Watch(IWatched process)
    {
        lock (_lock)
        {
            _watched.Add(process);
        }

        _wake.Release();
    }

    /// <summary>What is told afterwards may still be about it.</summary>
    public void Unwatch(IWatched process)
    {
        lock (_lock)
        {
            _watched.Remove(process);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                TimeSpan? pause = Look();
                await _wake.WaitAsync(pause ?? Timeout.InfiniteTimeSpan, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>One look. The loop's own, and once for whoever starts it.</summary>
    /// <returns>The time until the next one; null: until something is watched.</returns>
    public TimeSpan? Look()
    {
        List<IWatched> watched;
        lock (_lock)
        {
            watched = [.. _watched];
        }

        foreach (IWatched gone in _owned.Keys.Except(watched).ToList())
        {
            _owned.Remove(gone);
        }

        if (watched.Count == 0)
        {
            return null;
        }

        try
        {
            Attribute(watched, tables.Listeners());
            _failures = 0;
            return watched.Min(process => process.NextLook);
        }
        catch (Exception e)
        {
            // Whatever it is, the loop goes on: without it no port of any process would ever be found again.
            ProcessLog.TablesUnreadable(log, e);
            _known = [];
            TimeSpan pause = FailurePause * (1 << Math.Min(_failures++, 5));
            return pause < LongestPause ? pause : LongestPause;
        }
    }

    private void Attribute(List<IWatched> watched, IReadOnlyList<ListeningEndpoint> listeners)
    {
        var now = listeners.Select(listener => listener.Inode).ToHashSet();
        bool appeared = !now.IsSubsetOf(_known);
        _known = now;
        IReadOnlyList<ProcessStat>? rows = null;
        foreach (IWatched process in watched)
        {
            bool isNew = !_owned.TryGetValue(process, out HashSet<ulong>? owned);
            owned ??= _owned[process] = [.. process.KnownSockets];
            if (isNew || appeared)
            {
                rows ??= tables.Processes();
                foreach (ProcessStat member in ProcessTree.Of(rows, process.LeaderPid, leaderLives: true))
                {
                    tables.AddSocketInodes(member.Pid, owned);
                }
            }

            owned.IntersectWith(now);
            process.Listens([.. listeners.Where(listener => owned.Contains(listener.Inode))]);
        }
    }
}
