using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>The runs that ended last, bounded in number and in the output they keep; the oldest leave first.</summary>
internal sealed class RunHistory(int maxRuns, long maxBytes)
{
    /// <summary>Guards the fields below; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<RunId, LiveRun> _runs = [];
    private readonly Queue<(LiveRun Run, long Bytes)> _order = new();
    private long _bytes;

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
        long bytes = run.Run.Output.KeptBytes;
        lock (_lock)
        {
            _runs[run.Run.Id] = run;
            _order.Enqueue((run, bytes));
            _bytes += bytes;
            var leave = new List<LiveRun>();
            while (_order.Count > maxRuns || (_bytes > maxBytes && _order.Count > 0))
            {
                (LiveRun oldest, long freed) = _order.Dequeue();
                _bytes -= freed;
                _runs.Remove(oldest.Run.Id);
                leave.Add(oldest);
            }

            return leave;
        }
    }
}
