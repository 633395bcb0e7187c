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
}
