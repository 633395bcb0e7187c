using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Reads of a descriptor that never wait (read(2) with O_NONBLOCK, fcntl(2)).</summary>
public static partial class NonBlockingRead
{
    /// <summary>Nothing is there now; more may come.</summary>
    public const int NothingNow = -1;

    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int O_NONBLOCK = 0x800;

    /// <summary>Makes reads of this open file description return at once, for everyone who shares it.</summary>
    /// <exception cref="SystemCallException">It is not open.</exception>
    public static void Enable(SafeHandle handle)
    {
        int flags = fcntl(handle, F_GETFL, 0);
        if (flags < 0 || fcntl(handle, F_SETFL, flags | O_NONBLOCK) < 0)
        {
            throw SystemCallException.FromLast("fcntl(F_SETFL, O_NONBLOCK)");
        }
    }

    /// <returns>The number of bytes read, 0 at the end, <see cref="NothingNow"/>.</returns>
    /// <exception cref="SystemCallException">Anything else.</exception>
    public static unsafe int Read(SafeHandle handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = read(handle, start, buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.EINTR: continue;
                    case Errno.EAGAIN: return NothingNow;
                    default: throw SystemCallException.FromLast($"read({buffer.Length})");
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle fd, int op, int arg);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeHandle fd, void* buf, nint count);
}
