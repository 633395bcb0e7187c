using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>
/// Moves bytes from a pipe into a file (splice(2)). The kernel takes out of the pipe exactly what it has written: whoever
/// is killed in between has neither lost nor doubled a byte, and the file's size says how far it came.
/// </summary>
public static unsafe partial class Splice
{
    /// <summary>The pipe is empty now; more may come.</summary>
    public const int NothingNow = -1;

    private const uint SPLICE_F_NONBLOCK = 2;

    /// <summary>Never waits for the pipe.</summary>
    /// <param name="from">The read end of a pipe.</param>
    /// <param name="to">A file that is not open for appending.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="count">At most so many bytes.</param>
    /// <returns>How many were moved, 0 at the end of the pipe, <see cref="NothingNow"/>.</returns>
    /// <exception cref="SystemCallException">EINVAL where the file's system cannot do it, or anything else.</exception>
    public static int Move(SafeHandle from, SafeHandle to, long offset, int count)
    {
        while (true)
        {
            nint moved = splice(from, null, to, &offset, (nuint)count, SPLICE_F_NONBLOCK);
            if (moved >= 0)
            {
                return (int)moved;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR: continue;
                case Errno.EAGAIN: return NothingNow;
                default: throw SystemCallException.FromLast($"splice({count} bytes to {offset}, SPLICE_F_NONBLOCK)");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(SafeHandle fd_in, long* off_in, SafeHandle fd_out, long* off_out, nuint len, uint flags);
}
