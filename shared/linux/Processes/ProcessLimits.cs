using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>Limits as getrlimit(2) and /proc/PID/limits tell them.</summary>
public static partial class ProcessLimits
{
    /// <summary>This process's hard limit; <see cref="ulong.MaxValue"/> is RLIM_INFINITY. Null when there is no such resource.</summary>
    public static ulong? TryGetHard(int resource) => getrlimit(resource, out rlimit limit) == 0 ? limit.rlim_max : null;

    /// <summary>Another process's soft RLIMIT_LOCKS, whoever's it is; null when it is unlimited, or there is no such process.</summary>
    public static ulong? FileLocks(int pid)
    {
        // It may end meanwhile: that is an answer.
        Span<byte> text = stackalloc byte[4096];
        int length = ProcFile.Read(pid, "limits"u8, text);
        return length > 0 ? ParseFileLocks(text[..length]) : null;
    }

    /// <summary>Finds the limit in the table of proc_pid_limits(5).</summary>
    public static ulong? ParseFileLocks(ReadOnlySpan<byte> table)
    {
        int at = table.IndexOf("\nMax file locks"u8);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = table[(at + "\nMax file locks".Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(rest, out ulong value, out _) ? value : null;
    }

    private struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out rlimit rlim);
}
