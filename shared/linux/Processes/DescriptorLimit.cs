using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>RLIMIT_NOFILE, how many descriptors a process may have open (getrlimit(2)).</summary>
/// <param name="Soft">What counts.</param>
/// <param name="Hard">How far an ordinary user may raise it.</param>
public readonly partial record struct DescriptorLimit(ulong Soft, ulong Hard)
{
    /// <summary>The number of the resource, for setrlimit(2).</summary>
    public const int Resource = 7;

    /// <summary>This process's.</summary>
    /// <exception cref="SystemCallException">The call failed.</exception>
    public static DescriptorLimit Current =>
        getrlimit(Resource, out rlimit limit) == 0
            ? new DescriptorLimit(limit.rlim_cur, limit.rlim_max)
            : throw SystemCallException.FromLast("getrlimit(RLIMIT_NOFILE)");

    /// <summary>Sets this process's soft limit to the hard one; what it starts from then on inherits that.</summary>
    /// <returns>The limit before.</returns>
    /// <exception cref="SystemCallException">A call failed.</exception>
    public static DescriptorLimit Raise()
    {
        DescriptorLimit before = Current;
        var limit = new rlimit { rlim_cur = before.Hard, rlim_max = before.Hard };
        return before.Soft == before.Hard || setrlimit(Resource, in limit) == 0
            ? before
            : throw SystemCallException.FromLast($"setrlimit(RLIMIT_NOFILE, {before.Hard})");
    }

    private struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out rlimit rlim);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in rlimit rlim);
}
