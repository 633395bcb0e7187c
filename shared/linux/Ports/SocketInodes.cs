using System.Globalization;

namespace PvExec.Linux.Ports;

/// <summary>Which sockets a process holds open (<c>/proc/PID/fd</c>, proc_pid_fd(5)).</summary>
public static class SocketInodes
{
    private const string Prefix = "socket:[";

    /// <summary>Adds the inode of every socket that the process has open; nothing for one that has ended or may not be looked at.</summary>
    public static void AddOf(int pid, ISet<ulong> into)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith(Prefix, StringComparison.Ordinal)
                    && ulong.TryParse(target.AsSpan(Prefix.Length, target.Length - Prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
                {
                    into.Add(inode);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at, or belongs to another user: what was found until then counts.
            return;
        }
    }
}
