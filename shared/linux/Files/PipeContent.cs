using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>How much is in a pipe (FIONREAD of ioctl(2), pipe(7)).</summary>
public static unsafe partial class PipeContent
{
    private const ulong FIONREAD = 0x541B;

    /// <summary>In bytes.</summary>
    /// <exception cref="SystemCallException">It is no pipe.</exception>
    public static int Count(SafeHandle pipe)
    {
        int count;
        return ioctl(pipe, FIONREAD, &count) == 0 ? count : throw SystemCallException.FromLast("ioctl(FIONREAD)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle fd, ulong op, int* argp);
}
