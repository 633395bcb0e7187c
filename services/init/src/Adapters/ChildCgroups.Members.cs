using System.Buffers.Text;
using PvExec.Linux;
using PvExec.Linux.Cgroups;

namespace PvExec.Init.Adapters;

/// <summary>Who is in a child's group, and how it ended for them.</summary>
internal sealed partial class ChildCgroups
{
    /// <summary>Longer than any name here.</summary>
    private const int NameSize = 64;

    private readonly CgroupMembers _members = new();

    private static ReadOnlySpan<byte> EventsFile => "/cgroup.events"u8;

    /// <summary>Whether the kernel killed one in a child's group because memory ran out, since this was asked last.</summary>
    public bool WasOomKilled(ChildGroup group)
    {
        long before = group.OomKills;
        group.OomKills = ReadOomKills(group);
        return group.OomKills > before;
    }

    /// <summary>Kills all in a child's group and below it at once (Linux 5.14).</summary>
    /// <returns>False when the kernel cannot.</returns>
    public bool TryKill(ChildGroup group)
    {
        Span<byte> room = stackalloc byte[NameSize];
        return _directory.Write(Name(room, group.Number, "/cgroup.kill"u8), "1"u8) == 0;
    }

    /// <summary>The processes in a child's group and below it.</summary>
    /// <returns>Valid until the next question.</returns>
    public ReadOnlySpan<int> Processes(ChildGroup group)
    {
        Span<byte> room = stackalloc byte[NameSize];
        _members.Read(_directory, Name(room, group.Number));
        return _members.All;
    }

    /// <summary>Whether a process is in a child's group or below it.</summary>
    public bool Holds(ChildGroup group, int pid)
    {
        // Names of this process's own making: nobody else's group has both in its path.
        Span<byte> room = stackalloc byte[NameSize];
        Span<byte> path = stackalloc byte[_name.Length + NameSize];
        ReadOnlySpan<byte> run = Name(room, group.Number)[..^1];
        _name.CopyTo(path);
        path[_name.Length] = (byte)'/';
        run.CopyTo(path[(_name.Length + 1)..]);
        return CgroupMembership.IsBelow(pid, path[..(_name.Length + 1 + run.Length)]);
    }

    /// <summary>Whether a process is in a child's group or below it; zombies do not count. What cannot be read may be inhabited: nobody is to be overlooked.</summary>
    public bool IsPopulated(ChildGroup group)
    {
        Span<byte> events = stackalloc byte[128];
        int length = group.Events >= 0
            ? CgroupDirectory.ReadAgain(group.Events, events)
            : _directory.Read(Name(stackalloc byte[NameSize], group.Number, EventsFile), events);
        return length is not (-Errno.ENOENT or -Errno.ENODEV) && (length < 0 || CgroupEvents.Value(events[..length], "populated"u8) != 0);
    }

    private long ReadOomKills(ChildGroup group)
    {
        if (!_hasMemoryEvents)
        {
            return 0;
        }

        Span<byte> room = stackalloc byte[NameSize];
        Span<byte> events = stackalloc byte[512];
        int length = _directory.Read(Name(room, group.Number, "/memory.events"u8), events);
        return length > 0 ? CgroupEvents.Value(events[..length], "oom_kill"u8) : group.OomKills;
    }

    private static ReadOnlySpan<byte> Name(Span<byte> room, ulong number, ReadOnlySpan<byte> file = default)
    {
        "run-"u8.CopyTo(room);
        _ = Utf8Formatter.TryFormat(number, room[4..], out int digits);
        file.CopyTo(room[(4 + digits)..]);
        int length = 4 + digits + file.Length;
        room[length] = 0;
        return room[..(length + 1)];
    }
}
