using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>
/// The runs that ended last, bounded in number and in the output they keep (and what their <c>finish</c> was started with), in memory and on disk each for itself; the
/// oldest leave first, of those that keep their output where there is too much. One that somebody reads, or is to come for from a call of an instance before, stays
/// as long as that: its caller has no other place to ask.
/// </summary>
/// <remarks>
/// Those that ended before this instance came are taken up in any order, so they have that of their ends. Those that end
/// here come after them in the order in which they do, whatever the clock says.
/// </remarks>
internal sealed class RunHistory(int maxRuns, long maxMemoryBytes, long maxDiskBytes)
{
    /// <summary>Guards the fields below. Those of outputs are taken inside.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<RunId, LiveRun> _runs = [];
    private readonly LinkedList<EndedRun> _order = new();
    private long _memoryBytes;
    private long _diskBytes;

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<Run> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _order.Select(one => one.Run.Run)];
            }
        }
    }

    public Run? Find(RunId id)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(id)?.Run;
        }
    }

    /// <param name="endedBefore">When it ended, if that was before this instance came.</param>
    /// <returns>What has to leave, perhaps the new one itself.</returns>
    public IReadOnlyList<LiveRun> Add(LiveRun run, DateTimeOffset? endedBefore)
    {
        long output = run.Run.Output.KeptBytes;
        bool isOnDisk = run.Run.Output.IsOnDisk;
        var ended = new EndedRun(
            run, (isOnDisk ? 0 : output) + (run.Processes?.Journal?.FinishBytes ?? 0), isOnDisk ? output : 0, endedBefore ?? DateTimeOffset.MaxValue);
        lock (_lock)
        {
            _runs[run.Run.Id] = run;
            Insert(ended);
            Count(ended, 1);
            return TooMany();
        }
    }

    /// <summary>What has to leave now that nobody reads some of them any more.</summary>
    public IReadOnlyList<LiveRun> Trim()
    {
        lock (_lock)
        {
            return TooMany();
        }
    }

    private List<LiveRun> TooMany()
    {
        var leave = new List<LiveRun>();
        Free(_order.Count - maxRuns, _ => 1, leave);
        Free(_memoryBytes - maxMemoryBytes, run => run.MemoryBytes, leave);
        Free(_diskBytes - maxDiskBytes, run => run.DiskBytes, leave);
        return leave;
    }

    private void Insert(EndedRun ended)
    {
        LinkedListNode<EndedRun>? older = _order.Last;
        while (older is not null && older.Value.Ended > ended.Ended)
        {
            older = older.Previous;
        }

        if (older is null)
        {
            _order.AddFirst(ended);
        }
        else
        {
            _order.AddAfter(older, ended);
        }
    }

    /// <summary>The oldest that make up what there is too much, but for those that are read: for these no younger one leaves.</summary>
    /// <param name="sizeOf">What each has of it.</param>
    private void Free(long tooMuch, Func<EndedRun, long> sizeOf, List<LiveRun> leave)
    {
        for (LinkedListNode<EndedRun>? next = _order.First; tooMuch > 0 && next is { } oldest;)
        {
            next = oldest.Next;
            long size = sizeOf(oldest.Value);
            tooMuch -= size;
            if (size > 0 && oldest.Value.Run.Run.Output.Readers == 0)
            {
                Leave(oldest, leave);
            }
        }
    }

    private void Leave(LinkedListNode<EndedRun> oldest, List<LiveRun> leave)
    {
        _order.Remove(oldest);
        _runs.Remove(oldest.Value.Run.Run.Id);
        Count(oldest.Value, -1);
        leave.Add(oldest.Value.Run);
    }

    private void Count(EndedRun run, int sign)
    {
        _memoryBytes += sign * run.MemoryBytes;
        _diskBytes += sign * run.DiskBytes;
    }

    private sealed record EndedRun(LiveRun Run, long MemoryBytes, long DiskBytes, DateTimeOffset Ended);
}
