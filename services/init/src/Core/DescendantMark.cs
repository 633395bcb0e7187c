namespace PvExec.Init.Core;

/// <summary>
/// How a child's descendants are known without a cgroup, whatever session and group they made and whose parents ended:
/// by a soft RLIMIT_LOCKS that only they have. The kernel has not enforced that limit since Linux 2.4.25, hands it on over fork and
/// exec, whatever user and environment, and /proc/PID/limits shows it to everybody.
/// </summary>
/// <param name="generation">A random number, so that the children of another pv-init (one inside another) are told apart.</param>
internal readonly struct DescendantMark(uint generation)
{
    /// <summary>RLIMIT_LOCKS of setrlimit(2).</summary>
    public const int Resource = 10;

    /// <summary>The limit of a child and its descendants; never RLIM_INFINITY, which has the highest bit set.</summary>
    public ulong Of(ulong child) => ((ulong)(generation & 0x7fffffff) << 32) | (uint)child;
}
