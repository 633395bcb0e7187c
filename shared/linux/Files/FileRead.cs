using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Reads of a file that is held as a number. Nothing is allocated, and nothing moves its offset for others but <see cref="Length"/>.</summary>
public static unsafe partial class FileRead
{
    private const int SEEK_END = 2;

    /// <summary>lseek(2) to the end.</summary>
    /// <returns>Negative for what has none: a pipe, a socket.</returns>
    public static long Length(int file) => lseek(file, 0, SEEK_END);

    /// <summary>pread(2).</summary>
    /// <returns>How many bytes, 0 at the end; negative when it cannot be read.</returns>
    public static int At(int file, Span<byte> to, long offset)
    {
        fixed (byte* start = to)
        {
            nint count;
            do
            {
                count = pread(file, start, (nuint)to.Length, offset);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return (int)count;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, void* buf, nuint count, long offset);
}
