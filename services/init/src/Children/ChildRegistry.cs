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

    /// <summary>Those that wait to be acknowledged, oldest end first. A record knows its place, so each leaves at once.</summary>
    private readonly LinkedList<ChildRecord> _ended = [];
    private ulong _lastId;

    public int LivingCount => _livingByPid.Count;

    /// <summary>How many have ended and are held until they are acknowledged.</summary>
    public int EndedCount => _ended.Count;

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
        child.Place = _ended.AddLast(child);
        if (_ended.Count > MaxUnacknowledged)
        {
            dropped = _ended.First!.Value;
            Forget(dropped);
        }

        return child;
    }

    /// <summary>Forgets a child that has ended; one that runs is kept.</summary>
    public void Acknowledge(ChildRecord child)
    {
        if (child.Exit is not null)
        {
            Forget(child);
        }
    }

    private void Forget(ChildRecord child)
    {
        if (_byId.Remove(child.Id) && child.Place is { } place)
        {
            _ended.Remove(place);
            child.Place = null;
            child.Dispose();
        }
    }
}
