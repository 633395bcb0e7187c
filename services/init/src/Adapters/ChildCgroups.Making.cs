using PvExec.Init.Children;
using PvExec.Linux;
using PvExec.Linux.Cgroups;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Adapters;

/// <summary>
/// The groups come and go: made ahead, used again, and removed when there is nothing else to do, or with the last process in them. To make one
/// and to remove it costs the kernel as much as half a start, most of it later and in other threads.
/// </summary>
internal sealed partial class ChildCgroups
{
    /// <summary>So many are looked at when an orphan ends; the others have their turn with the next.</summary>
    private const int LingeringTried = 16;

    /// <summary>More than that wait to be removed only while nothing is idle: then they are removed at once.</summary>
    private const int MaxReleased = 64;

    /// <summary>So many wait for children. With the memory controller each takes memory of the kernel's for every processor.</summary>
    private const int MaxSpare = 64;

    /// <summary>
    /// A child that ran longer leaves a group that is removed: there is time for that, and who sets limits, or has a mount of
    /// their own through which that is not seen, runs longer.
    /// </summary>
    private const long BriefMilliseconds = 1000;

    /// <summary>Milliseconds after which groups are removed that no child has needed meanwhile.</summary>
    private const long TrimPause = 10_000;

    /// <summary>Of acknowledged children, with somebody still in them.</summary>
    private readonly Queue<ChildGroup> _lingering = new(64);

    /// <summary>Nobody's any more, to be removed when there is nothing else to do.</summary>
    private readonly Queue<ChildGroup> _released = new(MaxReleased + 1);

    /// <summary>Empty and as new; the last one used comes first.</summary>
    private readonly Stack<ChildGroup> _spare = new(MaxSpare);

    private readonly Dictionary<int, ChildGroup> _byWatch = new(64);
    private readonly Stack<ChildGroup> _unused = new(64); // objects that stand for no group
    private ulong _lastNumber;
    private int _fewestSpare; // since the last trim
    private bool _canMake = true; // not tried again and again where there is no room

    /// <summary>Whether some acknowledged child left processes behind.</summary>
    public bool HasLingering => _lingering.Count > 0;

    /// <summary>Whether <see cref="DoWork"/> has something to do.</summary>
    public bool HasWork => _released.Count > 0 || (_spare.Count == 0 && _canMake);

    /// <summary>When <see cref="Trim"/> is to be called, by <see cref="Clock.Monotonic"/>; <see cref="long.MaxValue"/> for never.</summary>
    public long TrimDue { get; private set; } = long.MaxValue;

    /// <summary>
    /// Removes groups that are nobody's any more, and makes that of the next child: to be called when nothing else is to be done.
    /// Nobody waits for it here.
    /// </summary>
    public void DoWork()
    {
        if (_released.TryDequeue(out ChildGroup? group))
        {
            RemoveOrLinger(group);
        }
        else if (_spare.Count == 0 && Make() is { } made)
        {
            _spare.Push(made);
        }
    }

    /// <summary>A group for a child: it is <see cref="Release">released</see>.</summary>
    /// <returns>Null when there is none.</returns>
    public ChildGroup? Take()
    {
        TakeChanges();
        while (_spare.TryPop(out ChildGroup? group))
        {
            _fewestSpare = Math.Min(_fewestSpare, _spare.Count);
            if (!group.IsChanged)
            {
                return group;
            }

            Release(group);
        }

        return Make();
    }

    /// <summary>Takes a group back that nobody is in any more.</summary>
    /// <param name="ranMilliseconds">How long its child was there.</param>
    public void ReleaseEmpty(ChildGroup group, long ranMilliseconds)
    {
        TakeChanges();
        if (group.Watch < 0 || group.IsChanged || ranMilliseconds >= BriefMilliseconds || _spare.Count == MaxSpare)
        {
            Release(group);
            return;
        }

        _spare.Push(group);
        if (_spare.Count > 1 && TrimDue == long.MaxValue)
        {
            _fewestSpare = _spare.Count;
            TrimDue = Clock.Monotonic + TrimPause;
        }
    }

    /// <summary>Removes a group, soon, or when the last process in it has ended.</summary>
    public void Release(ChildGroup group)
    {
        _released.Enqueue(group);
        if (_released.Count > MaxReleased)
        {
            RemoveOrLinger(_released.Dequeue());
        }
    }

    /// <summary>Tries again, for some of them: to be called when an orphan has ended.</summary>
    public void ReleaseLingering()
    {
        for (int left = Math.Min(_lingering.Count, LingeringTried); left > 0; left--)
        {
            RemoveOrLinger(_lingering.Dequeue());
        }
    }

    /// <summary>Removes those that no child has needed since the last time, all but one.</summary>
    public void Trim()
    {
        for (int left = _fewestSpare; left > 1; left--)
        {
            Release(_spare.Pop());
        }

        _fewestSpare = _spare.Count;
        TrimDue = _spare.Count > 1 ? Clock.Monotonic + TrimPause : long.MaxValue;
    }

    /// <summary>A new group for a child: it is <see cref="Release">released</see>.</summary>
    /// <returns>Null when none can be made.</returns>
    public ChildGroup? Make()
    {
        Span<byte> room = stackalloc byte[NameSize];
        ReadOnlySpan<byte> name = Name(room, ++_lastNumber);
        int descriptor = _directory.Make(name) == 0 ? _directory.Open(name) : -1;
        _canMake = descriptor >= 0;
        if (descriptor < 0)
        {
            _ = _directory.Remove(name);
            return null;
        }

        if (!_unused.TryPop(out ChildGroup? group))
        {
            group = new ChildGroup();
        }

        // Above those that a child is given, as the kept ones of children are.
        (group.Number, group.Directory, group.IsChanged, group.OomKills) = (_lastNumber, DescriptorBuffer.Raise(descriptor, ChildRecord.LowestKept), false, 0);
        int events = _directory.OpenToRead(Name(stackalloc byte[NameSize], _lastNumber, EventsFile));
        group.Events = events >= 0 ? DescriptorBuffer.Raise(events, ChildRecord.LowestKept) : -1;
        group.Watch = Watch(name);
        if (group.Watch >= 0)
        {
            _byWatch[group.Watch] = group;
        }

        return group;
    }

    private int Watch(ReadOnlySpan<byte> name)
    {
        if (_watch is null)
        {
            return -1;
        }

        Span<byte> path = stackalloc byte[_pathBytes.Length + 1 + name.Length];
        _pathBytes.CopyTo(path);
        path[_pathBytes.Length] = (byte)'/';
        name.CopyTo(path[(_pathBytes.Length + 1)..]);
        return _watch.Add(path);
    }

    private void TakeChanges()
    {
        while (_watch is not null && _watch.TryTake(out int watch))
        {
            if (_byWatch.TryGetValue(watch, out ChildGroup? changed))
            {
                changed.IsChanged = true;
            }
            else if (watch == CgroupWatch.Any)
            {
                foreach (ChildGroup group in _byWatch.Values)
                {
                    group.IsChanged = true;
                }
            }
        }
    }

    private void RemoveOrLinger(ChildGroup group)
    {
        if (!TryRemove(group))
        {
            _lingering.Enqueue(group);
            return;
        }

        DescriptorBuffer.Close(group.Directory);
        if (group.Events >= 0)
        {
            DescriptorBuffer.Close(group.Events);
        }

        if (group.Watch >= 0)
        {
            _byWatch.Remove(group.Watch);
            _watch!.Remove(group.Watch);
        }

        _unused.Push(group);
    }

    private bool TryRemove(ChildGroup group)
    {
        Span<byte> room = stackalloc byte[NameSize];
        ReadOnlySpan<byte> name = Name(room, group.Number);
        return _directory.Remove(name) switch
        {
            // Processes, or groups that the child made.
            Errno.EBUSY => !IsPopulated(group) && _members.Remove(_directory, name),
            _ => true,
        };
    }
}
