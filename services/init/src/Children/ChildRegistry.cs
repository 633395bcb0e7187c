using System.Diagnostics.CodeAnalysis;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Children;

/// <summary>Every child of every service. Touched by the event loop's thread only.</summary>
internal sealed class ChildRegistry
{
    /// <summary>A service that never acknowledges must not fill the memory.</summary>
    public const int MaxUnacknowledged = 65_536;

    private readonly Dictionary<ulong, ChildRecord> _byId = [];
    private readonly Dictionary<int, ChildRecord> _livingByPid = [];
    private readonly Queue<ChildRecord> _ended = [];
    private int _unacknowledged;
    private ulong _lastId;

    public int LivingCount => _livingByPid.Count;

    public ulong NextId() => ++_lastId;

    public void Add(ChildRecord child)
    {
        _byId.Add(child.Id, child);
        _livingByPid[child.Pid] = child;
    }

    public bool TryGet(ulong id, [NotNullWhen(true)] out ChildRecord? child) => _byId.TryGetValue(id, out child);

    /// <summary>Those of one service, ended ones included, oldest first.</summary>
    public IEnumerable<ChildRecord> Of(Service owner) => _byId.Values.Where(child => child.Owner == owner).OrderBy(child => child.Id);

    public IEnumerable<ChildRecord> Living(Service owner) => _livingByPid.Values.Where(child => child.Owner == owner);

    /// <summary>Notes an end.</summary>
    /// <param name="dropped">A child that was forgotten because too many wait; its owner never learns how it ended.</param>
    /// <returns>The child, or null when the pid is none of them: an orphan.</returns>
    public ChildRecord? End(int pid, Func<ChildRecord, Exited> exit, out ChildRecord? dropped)
    {
        dropped = null;
        if (!_livingByPid.Remove(pid, out ChildRecord? child))
        {
            return null;
        }

        child.End(exit(child));
        _ended.Enqueue(child);
        _unacknowledged++;
        while (_unacknowledged > MaxUnacknowledged && _ended.TryDequeue(out ChildRecord? oldest))
        {
            if (!oldest.Forgotten)
            {
                dropped = oldest;
                Forget(oldest);
            }
        }

        return child;
    }

    /// <summary>Forgets a child that has ended; one that runs is kept.</summary>
    public void Acknowledge(ChildRecord child)
    {
        if (child.Exit is null)
        {
            return;
        }

        Forget(child);

        // Those acknowledged out of order stay in the queue until they come to its front; it may not grow for ever.
        while (_ended.TryPeek(out ChildRecord? first) && first.Forgotten)
        {
            _ended.Dequeue();
        }
    }

    private void Forget(ChildRecord child)
    {
        if (_byId.Remove(child.Id))
        {
            _unacknowledged--;
            child.Dispose();
        }
    }
}
