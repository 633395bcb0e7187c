using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PvExec.Linux;
using PvExec.Linux.Cgroups;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Adapters;

/// <summary>
/// A control group (cgroups(7), version 2) for every child, where pv-init may make them: <c>OWN/pv-init-PID-TICKS/run-N</c>,
/// OWN being the one that pv-init was started in. Itself and the services are in <c>init</c> beside them, since a group
/// with members cannot share controllers out. All of it is a bonus: what cannot be done is left, and nothing fails.
/// Touched by the event loop's thread, but for the move at the start.
/// </summary>
internal sealed class ChildCgroups
{
    /// <summary>Longer than any name here.</summary>
    private const int NameSize = 64;

    /// <summary>So many are looked at when an orphan ends; the others have their turn with the next.</summary>
    private const int LingeringTried = 16;

    /// <summary>More than that wait to be removed only while nothing is idle: then they are removed at once.</summary>
    private const int MaxReleased = 64;

    /// <summary>Another pv-init that is just starting may take a new one for abandoned, before it is held.</summary>
    private const int Attempts = 4;

    private readonly string _own;
    private readonly string _path;
    private readonly CgroupDirectory _directory;
    private readonly CgroupHold _hold;

    /// <summary>The last part of <see cref="_path"/>.</summary>
    private readonly byte[] _name;
    private readonly CgroupMembers _members = new();

    /// <summary>Of acknowledged children, with somebody still in them.</summary>
    private readonly Queue<ulong> _lingering = new(64);

    /// <summary>Of acknowledged children, to be removed when there is nothing else to do.</summary>
    private readonly Queue<ulong> _released = new(MaxReleased + 1);

    /// <summary>The group of the child that comes next, made while there was nothing else to do; 0 for none.</summary>
    private ulong _spare;
    private int _spareDescriptor = -1;
    private bool _canMake = true; // not tried again and again where there is no room
    private volatile bool _hasMemoryEvents;
    private volatile bool _hasSharedOwn;

    private ChildCgroups(string own, string path, CgroupDirectory directory, CgroupHold hold)
    {
        _hold = hold;
        _own = own;
        _path = path;
        _directory = directory;
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        Services = directory.Open("init\0"u8);
    }

    /// <summary>The descriptor of the services' group.</summary>
    public int Services { get; }

    /// <summary>Whether some acknowledged child left processes behind.</summary>
    public bool HasLingering => _lingering.Count > 0;

    /// <summary>Null where there is no cgroup2 file system, or it cannot be written.</summary>
    public static ChildCgroups? TryOpen()
    {
        if (CgroupPath.OfThisProcess() is not { } own || CgroupDirectory.TryOpen(Terminated(own)) is not { } parent)
        {
            return null;
        }

        RemoveAbandoned(own);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"pv-init-{Environment.ProcessId}-{Environment.TickCount64:x}-{attempt}");
            if (parent.Make(Terminated(name)) == 0 && TryOpen(own, $"{own}/{name}") is { } cgroups)
            {
                return cgroups;
            }
        }

        return null;
    }

    /// <param name="own">The group that pv-init was started in.</param>
    /// <param name="path">The group in it that all others are to be made in, which is there.</param>
    internal static ChildCgroups? TryOpen(string own, string path)
    {
        if (CgroupHold.TryTake(path) is not { } hold)
        {
            return null;
        }

        if (CgroupDirectory.TryOpen(Terminated(path)) is { } directory && directory.Make("init\0"u8) == 0)
        {
            var cgroups = new ChildCgroups(own, path, directory, hold);
            if (cgroups.Services >= 0)
            {
                return cgroups;
            }
        }

        CgroupTree.Remove(path);
        hold.Dispose();
        return null;
    }

    /// <summary>
    /// Moves this process, and shares the memory controller out, for memory.events. In a thread of its own: the kernel takes
    /// about 10 ms for the first, and nothing waits for it.
    /// </summary>
    /// <returns>That thread.</returns>
    public Thread Settle()
    {
        var settling = new Thread(SettleNow, 256 * 1024) { IsBackground = true, Name = "cgroup" };
        settling.Start();
        return settling;
    }

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

    /// <summary>Whether the kernel killed one in a child's group because memory ran out.</summary>
    public bool WasOomKilled(ulong child)
    {
        if (!_hasMemoryEvents)
        {
            return false;
        }

        Span<byte> room = stackalloc byte[NameSize];
        Span<byte> events = stackalloc byte[512];
        int length = _directory.Read(Name(room, child, "/memory.events"u8), events);
        return length > 0 && CgroupEvents.Value(events[..length], "oom_kill"u8) > 0;
    }

    /// <summary>Kills all in a child's group and below it at once (Linux 5.14).</summary>
    /// <returns>False when the kernel cannot.</returns>
    public bool TryKill(ulong child)
    {
        Span<byte> room = stackalloc byte[NameSize];
        return _directory.Write(Name(room, child, "/cgroup.kill"u8), "1"u8) == 0;
    }

    /// <summary>The processes in a child's group and below it.</summary>
    /// <returns>Valid until the next question.</returns>
    public ReadOnlySpan<int> Processes(ulong child)
    {
        Span<byte> room = stackalloc byte[NameSize];
        _members.Read(_directory, Name(room, child, ""u8));
        return _members.All;
    }

    /// <summary>Whether a process is in a child's group or below it.</summary>
    public bool Holds(ulong child, int pid)
    {
        // Names of this process's own making: nobody else's group has both in its path.
        Span<byte> room = stackalloc byte[NameSize];
        Span<byte> group = stackalloc byte[_name.Length + NameSize];
        ReadOnlySpan<byte> run = Name(room, child, ""u8)[..^1];
        _name.CopyTo(group);
        group[_name.Length] = (byte)'/';
        run.CopyTo(group[(_name.Length + 1)..]);
        return CgroupMembership.IsBelow(pid, group[..(_name.Length + 1 + run.Length)]);
    }

    /// <summary>Leaves them and removes them, as far as nobody is in them.</summary>
    public void Close()
    {
        // A group that shares controllers out takes no process.
        if (_hasSharedOwn)
        {
            CgroupTree.KeepMemory(_own);
        }

        CgroupTree.Enter(_own);
        DescriptorBuffer.Close(Services);
        CgroupTree.Remove(_path);
        _hold.Dispose();
    }

    private void SettleNow()
    {
        // Each fails for a good reason: others in the group, no such controller, a read-only file system.
        CgroupTree.Enter(_path + "/init");
        _hasSharedOwn = CgroupTree.IsBelowRoot(_own) && CgroupTree.ShareMemory(_own);

        _hasMemoryEvents = CgroupTree.ShareMemory(_path);
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

    /// <summary>Whether a process is in a child's group or below it; zombies do not count. What cannot be read may be inhabited: nobody is to be overlooked.</summary>
    public bool IsPopulated(ulong child)
    {
        Span<byte> room = stackalloc byte[NameSize];
        Span<byte> events = stackalloc byte[128];
        int length = _directory.Read(Name(room, child, "/cgroup.events"u8), events);
        return length is not (-Errno.ENOENT or -Errno.ENODEV) && (length < 0 || CgroupEvents.Value(events[..length], "populated"u8) != 0);
    }

    private static ReadOnlySpan<byte> Name(Span<byte> room, ulong child, ReadOnlySpan<byte> file)
    {
        "run-"u8.CopyTo(room);
        _ = Utf8Formatter.TryFormat(child, room[4..], out int digits);
        file.CopyTo(room[(4 + digits)..]);
        int length = 4 + digits + file.Length;
        room[length] = 0;
        return room[..(length + 1)];
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>Those of a pv-init that was killed, once nobody is in them any more.</summary>
    private static void RemoveAbandoned(string own)
    {
        foreach (string path in CgroupTree.Below(own))
        {
            if (Path.GetFileName(path).StartsWith("pv-init-", StringComparison.Ordinal) && !CgroupTree.HasProcesses(path))
            {
                using CgroupHold? hold = CgroupHold.TryTake(path);
                if (hold is not null)
                {
                    CgroupTree.Remove(path);
                }
            }
        }
    }
}
