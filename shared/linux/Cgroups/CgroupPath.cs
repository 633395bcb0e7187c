using System.Globalization;

namespace PvExec.Linux.Cgroups;

/// <summary>Where this process is in the tree of control groups, version 2 (cgroups(7)).</summary>
public static class CgroupPath
{
    /// <summary>The directory of this process's cgroup; null when no cgroup2 file system shows it.</summary>
    public static string? OfThisProcess() => Of("self");

    /// <summary>That of another process; null when it has ended, or no cgroup2 file system shows it.</summary>
    public static string? Of(int pid) => Of(pid.ToString(CultureInfo.InvariantCulture));

    private static string? Of(string process)
    {
        try
        {
            return Find(File.ReadLines($"/proc/{process}/cgroup"), File.ReadLines("/proc/self/mountinfo"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc nothing is known of it.
            return null;
        }
    }

    /// <summary>Puts the two listings together.</summary>
    /// <param name="groups">Of proc_pid_cgroup(5): version 2 is hierarchy 0.</param>
    /// <param name="mounts">Of proc_pid_mountinfo(5).</param>
    public static string? Find(IEnumerable<string> groups, IEnumerable<string> mounts)
    {
        string? path = groups.FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        if (path is null)
        {
            return null;
        }

        foreach (string mount in mounts)
        {
            // id parent device root mount-point options [optional …] - type source options
            string[] halves = mount.Split(" - ", 2);
            string[] fields = halves[0].Split(' ');
            if (halves.Length == 2 && fields.Length > 4 && halves[1].StartsWith("cgroup2 ", StringComparison.Ordinal) && Below(path, fields[3]) is { } rest)
            {
                return fields[4].Replace("\\040", " ", StringComparison.Ordinal).TrimEnd('/') + rest;
            }
        }

        return null;
    }

    /// <summary>What is left of a path below a root; null when it is elsewhere.</summary>
    private static string? Below(string path, string root) =>
        root == "/" ? path.TrimEnd('/')
        : path == root ? ""
        : path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..]
        : null;
}
