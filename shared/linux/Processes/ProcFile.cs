using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>Small files below /proc/PID, each read by one call; nothing is allocated.</summary>
internal static unsafe partial class ProcFile
{
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000;

    /// <summary>Reads the beginning of a file.</summary>
    /// <param name="name">ASCII, such as <c>stat</c>.</param>
    /// <returns>How many bytes; the errno, negative: ENOENT or ESRCH when there is no such process.</returns>
    public static int Read(int pid, ReadOnlySpan<byte> name, Span<byte> to)
    {
        Span<byte> path = stackalloc byte[64];
        "/proc/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(pid, path[6..], out int digits);
        path[6 + digits] = (byte)'/';
        name.CopyTo(path[(7 + digits)..]);
        path[7 + digits + name.Length] = 0;
        fixed (byte* start = path, room = to)
        {
            int file = open(start, O_RDONLY | O_CLOEXEC, 0);
            if (file < 0)
            {
                return -Marshal.GetLastPInvokeError();
            }

            nint length = read(file, room, (nuint)to.Length);
            int result = length >= 0 ? (int)length : -Marshal.GetLastPInvokeError();
            _ = close(file);
            return result;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
