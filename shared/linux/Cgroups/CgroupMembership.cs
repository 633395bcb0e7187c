using PvExec.Linux.Processes;

namespace PvExec.Linux.Cgroups;

/// <summary>Where another process is in the tree of control groups, version 2 (proc_pid_cgroup(5)). Nothing is allocated.</summary>
public static class CgroupMembership
{
    /// <summary>Whether a process is in a group, or below it, whose path ends with these names or holds them.</summary>
    /// <param name="group">Whole names, such as <c>one/two</c>.</param>
    public static bool IsBelow(int pid, ReadOnlySpan<byte> group)
    {
        Span<byte> text = stackalloc byte[4096];
        int length = ProcFile.Read(pid, "cgroup"u8, text);
        return length > 0 && IsBelow(text[..length], group);
    }

    /// <summary>As the other, from the file's content: version 2 is hierarchy 0.</summary>
    public static bool IsBelow(ReadOnlySpan<byte> file, ReadOnlySpan<byte> group)
    {
        foreach (Range range in file.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> path = file[range];
            if (!path.StartsWith("0::"u8))
            {
                continue;
            }

            for (path = path[3..]; path.IndexOf(group) is >= 0 and var at; path = path[(at + 1)..])
            {
                int end = at + group.Length;
                if (at > 0 && path[at - 1] == '/' && (end == path.Length || path[end] == '/'))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
