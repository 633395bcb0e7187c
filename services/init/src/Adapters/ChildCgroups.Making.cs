using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Adapters;

/// <summary>The groups come and go: made ahead, removed when there is nothing else to do, or with the last process in them.</summary>
internal sealed partial class ChildCgroups
{
    /// <summary>So many are looked at when an orphan ends; the others have their turn with the next.</summary>
    private const int LingeringTried = 16;

    /// <summary>More than that wait to be removed only while nothing is idle: then they are removed at once.</summary>
    private const int MaxReleased = 64;

    /// <summary>Of acknowledged children, with somebody still in them.</summary>
    private readonly Queue<ulong> _lingering = new(64);

    /// <summary>Of acknowledged children, to be removed when there is nothing else to do.</summary>
    private readonly Queue<ulong> _released = new(MaxReleased + 1);

    /// <summary>The group of the child that comes next, made while there was nothing else to do; 0 for none.</summary>
    private ulong _spare;
    private int _spareDescriptor = -1;
    private bool _canMake = true; // not tried again and again where there is no room

    /// <summary>Whether some acknowledged child left processes behind.</summary>
    public bool HasLingering => _lingering.Count > 0;

    /// <summary>Whether <see cref="DoWork"/> has something to do.</summary>
    public bool HasWork => _released.Count > 0 || (_spare == 0 && _canMake);

    /// <summary>
    /// Removes the groups of acknowledged children, and makes that of the next: to be called when nothing else is to be done.
    /// The kernel takes about as long for both as for a start, and nobody waits for it here.
    /// </summary>
    /// <param name="next">The number of the child that comes next.</param>
    public void DoWork(ulong next)
    {
        if (_released.TryDequeue(out ulong child))
        {
            RemoveOrLinger(child);
        }
        else if (_spare == 0)
        {
            _spareDescriptor = MakeNow(next);
            _spare = _spareDescriptor >= 0 ? next : 0;
        }
    }

    /// <summary>Makes a child's group, or takes the one made before.</summary>
    /// <returns>Its descriptor, to be closed by the caller; -1 when there is none.</returns>
    public int Make(ulong child)
    {
        (ulong spare, int descriptor) = (_spare, _spareDescriptor);
        (_spare, _spareDescriptor) = (0, -1);
        if (spare == child)
        {
            return descriptor;
        }

        if (spare != 0)
        {
            // Its child was to have none.
            DescriptorBuffer.Close(descriptor);
            Release(spare);
        }

        return MakeNow(child);
    }

    /// <summary>Removes a child's group, soon, or when the last process in it has ended.</summary>
    public void Release(ulong child)
    {
        _released.Enqueue(child);
        if (_released.Count > MaxReleased)
        {
            RemoveOrLinger(_released.Dequeue());
        }
    }

    private int MakeNow(ulong child)
    {
        Span<byte> room = stackalloc byte[NameSize];
        ReadOnlySpan<byte> name = Name(room, child, ""u8);
        int descriptor = _directory.Make(name) == 0 ? _directory.Open(name) : -1;
        if (descriptor < 0)
        {
            _ = _directory.Remove(name);
        }

        _canMake = descriptor >= 0;
        return descriptor;
    }

    private void RemoveOrLinger(ulong child)
    {
        if (!TryRemove(child))
        {
            _lingering.Enqueue(child);
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

    private bool TryRemove(ulong child)
    {
        Span<byte> room = stackalloc byte[NameSize];
        ReadOnlySpan<byte> name = Name(room, child, ""u8);
        return _directory.Remove(name) switch
        {
            // Processes, or groups that the child made.
            Errno.EBUSY => !IsPopulated(child) && _members.Remove(_directory, name),
            _ => true,
        };
    }
}
