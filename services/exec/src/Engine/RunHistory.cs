using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>
/// The runs that ended last, bounded in number and in the output they keep (and what their <c>finish</c> was started with), in memory and on disk each for itself.
/// Where there are too many, the oldest leave. Where they keep too much, the oldest of those that keep more than a fair part lose their output, and stay: however large
/// some are, none of those that keep little is pushed out by them. One that somebody reads, or is to come for from a call of an instance
/// before, stays whole as long as that: its caller has no other place to ask.
/// </summary>
/// <remarks>
/// Those that ended before this instance came are taken up in any order, so they have that of their ends. Those that end
/// here come after them in the order in which they do, whatever the clock says.
/// </remarks>
internal sealed class RunHistory(int maxRuns, long maxMemoryBytes, long maxDiskBytes)
{
    private static readonly OutputStream[] s_streams = [OutputStream.Standard, OutputStream.Error];

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
    /// <returns>What has to go, perhaps the new one itself.</returns>
    public IReadOnlyList<HistoryLoss> Add(LiveRun run, DateTimeOffset? endedBefore)
    {
        var ended = new EndedRun(run, endedBefore ?? DateTimeOffset.MaxValue);
        lock (_lock)
        {
            _runs[run.Run.Id] = run;
            Insert(ended);
            Count(ended, 1);
            return TooMuch();
        }
    }

    /// <summary>What has to go now that nobody reads some of them any more.</summary>
    public IReadOnlyList<HistoryLoss> Trim()
    {
        lock (_lock)
        {
            return TooMuch();
        }
    }

    private IReadOnlyList<HistoryLoss> TooMuch()
    {
        if (_order.Count <= maxRuns && _memoryBytes <= maxMemoryBytes && _diskBytes <= maxDiskBytes)
        {
            return [];
        }

        var losses = new List<HistoryLoss>();
        Leave(_order.Count - maxRuns, _ => 1, losses);
        if (_memoryBytes > maxMemoryBytes)
        {
            MakeRoom(_memoryBytes - maxMemoryBytes, maxMemoryBytes, onDisk: false, losses);
        }

        if (_diskBytes > maxDiskBytes)
        {
            MakeRoom(_diskBytes - maxDiskBytes, maxDiskBytes, onDisk: true, losses);
        }

        return losses;
    }

    /// <summary>Of the large ones first, and at last of any: without those that are read there may be more runs than are counted on.</summary>
    /// <param name="most">What all may keep together, on disk or in memory.</param>
    private void MakeRoom(long tooMuch, long most, bool onDisk, List<HistoryLoss> losses)
    {
        tooMuch -= _order.Where(run => run.IsRead).Sum(run => run.KeptBytes(onDisk));
        tooMuch = Shrink(tooMuch, most / Math.Max(1, maxRuns), onDisk, losses);
        Leave(tooMuch, run => run.IsRead ? 0 : run.KeptBytes(onDisk), losses);
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

    /// <summary>From the oldest on: a run that keeps more than a fair part gives its larger stream back, and the other one if need be; where that does not help it leaves.</summary>
    /// <returns>What is still too much.</returns>
    private long Shrink(long tooMuch, long part, bool onDisk, List<HistoryLoss> losses)
    {
        for (LinkedListNode<EndedRun>? next = _order.First; tooMuch > 0 && next is { } node;)
        {
            next = node.Next;
            EndedRun run = node.Value;
            long size = run.KeptBytes(onDisk);
            if (size <= part || run.IsRead)
            {
                continue;
            }

            if (size - s_streams.Sum(stream => run.Droppable(stream, onDisk)) > part)
            {
                tooMuch -= size;
                Leave(node, losses);
                continue;
            }

            foreach (OutputStream stream in s_streams.OrderByDescending(stream => run.Droppable(stream, onDisk)))
            {
                if (run.KeptBytes(onDisk) > part)
                {
                    tooMuch -= run.Droppable(stream, onDisk);
                    Drop(run, stream, losses);
                }
            }
        }

        return tooMuch;
    }

    /// <summary>The oldest that make up what there is too much, but for those that are read: for these no younger one leaves.</summary>
    /// <param name="sizeOf">What each has of it.</param>
    /// <returns>What is still too much.</returns>
    private long Leave(long tooMuch, Func<EndedRun, long> sizeOf, List<HistoryLoss> losses)
    {
        for (LinkedListNode<EndedRun>? next = _order.First; tooMuch > 0 && next is { } oldest;)
        {
            next = oldest.Next;
            long size = sizeOf(oldest.Value);
            tooMuch -= size;
            if (size > 0 && !oldest.Value.IsRead)
            {
                Leave(oldest, losses);
            }
        }

        return tooMuch;
    }

    private void Leave(LinkedListNode<EndedRun> oldest, List<HistoryLoss> losses)
    {
        _order.Remove(oldest);
        _runs.Remove(oldest.Value.Run.Run.Id);
        Count(oldest.Value, -1);
        losses.Add(new HistoryLoss(oldest.Value.Run, null));
    }

    private void Drop(EndedRun run, OutputStream stream, List<HistoryLoss> losses)
    {
        // Till that is done, on the way back from here.
        run.Run.Run.Output.TryHold();
        Count(run, -1);
        run.Drop(stream);
        Count(run, 1);
        losses.Add(new HistoryLoss(run.Run, stream));
    }

    private void Count(EndedRun run, int sign)
    {
        _memoryBytes += sign * run.KeptBytes(onDisk: false);
        _diskBytes += sign * run.KeptBytes(onDisk: true);
    }
}
