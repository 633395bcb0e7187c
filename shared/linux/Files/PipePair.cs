using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>A pipe (pipe2(2)); both ends are close-on-exec and owned by the caller.</summary>
public readonly partial record struct PipePair(SafeFileHandle ReadEnd, SafeFileHandle WriteEnd)
{
    private const int O_CLOEXEC = 0x80000, O_NONBLOCK = 0x800;

    /// <param name="nonBlocking">Whether reads and writes return EAGAIN instead of waiting.</param>
    public static unsafe PipePair Open(bool nonBlocking = false)
    {
        int* ends = stackalloc int[2];
        return pipe2(ends, O_CLOEXEC | (nonBlocking ? O_NONBLOCK : 0)) == 0
            ? new PipePair(new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true))
            : throw SystemCallException.FromLast("pipe2(O_CLOEXEC)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int pipe2(int* pipefd, int flags);
}
