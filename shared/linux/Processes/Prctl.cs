using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>prctl(2).</summary>
public static partial class Prctl
{
    private const int PR_SET_CHILD_SUBREAPER = 36;

    /// <summary>Orphans among the descendants become children of this process.</summary>
    public static void BecomeSubreaper()
    {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        {
            throw SystemCallException.FromLast("prctl(PR_SET_CHILD_SUBREAPER, 1)");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
