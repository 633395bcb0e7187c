using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>
/// The runs that ended last, bounded in number and in the output they keep, in memory and on disk each for itself; the
/// oldest leave first, of those that keep their output where there is too much.
/// </summary>
internal sealed class RunHistory(int maxRuns, long maxMemoryBytes, long maxDiskBytes)
{
    /// <summary>Guards the fields below; a leaf.</summary>
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

    /// <returns>What has to leave, perhaps the new one itself.</returns>
    public IReadOnlyList<LiveRun> Add(LiveRun run)
    {
        var ended = new EndedRun(run, run.Run.Output.KeptBytes, run.Run.Output.IsOnDisk);
        lock (_lock)
        {
            _runs[run.Run.Id] = run;
            _order.AddLast(ended);
            Count(ended, 1);
            var leave = new List<LiveRun>();
            while (_order.Count > maxRuns)
            {
                Leave(_order.First!, leave);
            }

            Free(onDisk: false, maxMemoryBytes, leave);
            Free(onDisk: true, maxDiskBytes, leave);
            return leave;
        }
    }

    private void Free(bool onDisk, long most, List<LiveRun> leave)
    {
        LinkedListNode<EndedRun>? next = _order.First;
        while ((onDisk ? _diskBytes : _memoryBytes) > most && next is { } oldest)
        {
            next = oldest.Next;
            if (oldest.Value.IsOnDisk == onDisk)
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
        _memoryBytes += run.IsOnDisk ? 0 : sign * run.Bytes;
        _diskBytes += run.IsOnDisk ? sign * run.Bytes : 0;
    }

    private sealed record EndedRun(LiveRun Run, long Bytes, bool IsOnDisk);
}
