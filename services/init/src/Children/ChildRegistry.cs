using System.Diagnostics.CodeAnalysis;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Children;

/// <summary>Every child of every service. Touched by the event loop's thread only. Records are used again: nothing is allocated once as many as run at a time have been made.</summary>
/// <param name="maxUnacknowledged">A service that never acknowledges must not fill the memory: so many exits wait at most.</param>
internal sealed class ChildRegistry(int maxUnacknowledged)
{
    /// <summary>Records kept for later children.</summary>
    private const int MaxFree = 4096;

    private readonly Dictionary<ulong, ChildRecord> _byId = [];
    private readonly Dictionary<int, ChildRecord> _livingByPid = [];

    /// <summary>Those that wait to be acknowledged, oldest end first. A record knows its place, so each leaves at once.</summary>
    private readonly LinkedList<ChildRecord> _ended = [];
    private readonly Stack<ChildRecord> _free = [];

    /// <summary>By owner: exits that were forgotten and of which the owner has not been told.</summary>
    private readonly long[] _dropped = new long[Services.All.Count];
    private ulong _lastId;

    public int MaxUnacknowledged { get; } = maxUnacknowledged;

    public int LivingCount => _livingByPid.Count;

    /// <summary>How many have ended and are held until they are acknowledged.</summary>
    public int EndedCount => _ended.Count;

    public ulong NextId() => ++_lastId;

    /// <summary>A record to begin a life with: it is <see cref="Add">added</see> then, or <see cref="Return">returned</see>.</summary>
    public ChildRecord Rent() => _free.TryPop(out ChildRecord? child) ? child : new ChildRecord();

    /// <summary>Takes a record back that is nobody's.</summary>
    public void Return(ChildRecord child)
    {
        if (_free.Count < MaxFree)
        {
            _free.Push(child);
        }
    }

    public void Add(ChildRecord child)
    {
        _byId.Add(child.Id, child);
        _livingByPid[child.Pid] = child;
    }

    public bool TryGet(ulong id, [NotNullWhen(true)] out ChildRecord? child) => _byId.TryGetValue(id, out child);

    public bool TryGetLiving(int pid, [NotNullWhen(true)] out ChildRecord? child) => _livingByPid.TryGetValue(pid, out child);

    /// <summary>Those of one service, ended ones included, oldest first.</summary>
    public IEnumerable<ChildRecord> Of(Service owner) => _byId.Values.Where(child => child.Owner == owner).OrderBy(child => child.Id);

    public IEnumerable<ChildRecord> Living(Service owner) => _livingByPid.Values.Where(child => child.Owner == owner);

    /// <summary>Notes the end of one that lived.</summary>
    /// <param name="endedAt">See <see cref="ChildRecord.EndedAt"/>.</param>
    /// <returns>A child that has to be <see cref="Drop">dropped</see> because too many wait; or null.</returns>
    public ChildRecord? End(ChildRecord child, in Exited exit, long endedAt = 0)
    {
        _livingByPid.Remove(child.Pid);
        child.End(exit, endedAt);
        _ended.AddLast(child.Place);
        return _ended.Count > MaxUnacknowledged ? _ended.First!.Value : null;
    }

    /// <summary>Forgets a child whose end its owner has not acknowledged, and counts that.</summary>
    public void Drop(ChildRecord child)
    {
        _dropped[(int)child.Owner]++;
        Forget(child);
    }

    /// <summary>How many were dropped that the owner is to be told of; they count as told from now on.</summary>
    public long TakeDropped(Service owner)
    {
        long dropped = _dropped[(int)owner];
        _dropped[(int)owner] = 0;
        return dropped;
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
        if (_byId.Remove(child.Id))
        {
            _ended.Remove(child.Place);
            child.Clear();
            Return(child);
        }
    }
}
