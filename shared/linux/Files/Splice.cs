using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>
/// Moves bytes from a pipe into a file (splice(2)). The kernel takes out of the pipe exactly what it has written, so even
/// when the caller is killed in the middle the file's end is where to go on: nothing is lost and nothing is there twice.
/// </summary>
public static unsafe partial class Splice
{
    /// <summary>Nothing is there now; more may come.</summary>
    public const int NothingNow = -1;

    /// <summary>This kernel does not splice between the two; nothing has been moved.</summary>
    public const int Unsupported = -2;

    /// <summary>Nobody reads there any more (EPIPE), or the other side of the terminal is closed (EIO); nothing has been moved.</summary>
    public const int Gone = -3;

    private const uint SPLICE_F_NONBLOCK = 2;

    /// <summary>Moves at most <paramref name="count"/> bytes and waits for none.</summary>
    /// <param name="from">The read end of a pipe.</param>
    /// <param name="to">A file not opened for appending.</param>
    /// <param name="offset">Where they go in it, in bytes.</param>
    /// <returns>How many were moved, 0 at the end of the pipe, <see cref="NothingNow"/> or <see cref="Unsupported"/>.</returns>
    /// <exception cref="SystemCallException">Anything else, such as ENOSPC: what was not moved is in the pipe still.</exception>
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
                case Errno.EINVAL: return Unsupported;
                default: throw SystemCallException.FromLast($"splice(to {offset}, {count})");
            }
        }
    }

    /// <summary>
    /// Moves at most <paramref name="count"/> bytes between a pipe and anything else, from and to where each is: a file's own
    /// position moves on in the same step, for everyone who shares its open file description.
    /// </summary>
    /// <param name="from">One of the two is a pipe. A terminal must not block (O_NONBLOCK).</param>
    /// <param name="to">The other one.</param>
    /// <returns>How many were moved, 0 at the end, <see cref="NothingNow"/> also for no room, <see cref="Gone"/> or <see cref="Unsupported"/>.</returns>
    /// <exception cref="SystemCallException">Anything else.</exception>
    public static int Move(SafeHandle from, SafeHandle to, int count)
    {
        while (true)
        {
            nint moved = splice(from, null, to, null, (nuint)count, SPLICE_F_NONBLOCK);
            if (moved >= 0)
            {
                return (int)moved;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR: continue;
                case Errno.EAGAIN: return NothingNow;
                case Errno.EPIPE or Errno.EIO: return Gone;
                case Errno.EINVAL: return Unsupported;
                default: throw SystemCallException.FromLast($"splice({count})");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(SafeHandle fd_in, long* off_in, SafeHandle fd_out, long* off_out, nuint len, uint flags);
}
