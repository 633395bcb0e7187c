using System.Runtime.InteropServices;

namespace PvExec.Linux.Cgroups;

/// <summary>
/// A directory of the cgroup2 file system, held open; what is below it is made, read and written by name. Names end with
/// a null byte and are valid ASCII. Nothing is allocated.
/// </summary>
public sealed unsafe partial class CgroupDirectory
{
    private const int O_RDONLY = 0, O_WRONLY = 1, O_CLOEXEC = 0x80000, O_PATH = 0x200000, AT_FDCWD = -100, AT_REMOVEDIR = 0x200;

    // Another number on every architecture.
    private static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>Held as long as the process lives.</summary>
    private readonly int _descriptor;

    private CgroupDirectory(int descriptor) => _descriptor = descriptor;

    /// <summary>Null when it cannot be opened.</summary>
    public static CgroupDirectory? TryOpen(ReadOnlySpan<byte> path)
    {
        fixed (byte* name = path)
        {
            int descriptor = openat(AT_FDCWD, name, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
            return descriptor >= 0 ? new CgroupDirectory(descriptor) : null;
        }
    }

    /// <returns>0, or the errno.</returns>
    public int Make(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return mkdirat(_descriptor, start, 0x1ed) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>0, or the errno: EBUSY while a process is in it or in one below, or when there is one below.</returns>
    public int Remove(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return unlinkat(_descriptor, start, AT_REMOVEDIR) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Opens a directory below, for clone3(2). The caller closes it.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public int Open(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return openat(_descriptor, start, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        }
    }

    /// <summary>Opens a file or a directory below, to be read. The caller closes it.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public int OpenToRead(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return openat(_descriptor, start, O_RDONLY | O_CLOEXEC, 0);
        }
    }

    /// <summary>Reads the beginning of a file.</summary>
    /// <returns>How many bytes; the errno, negative, when it cannot be read.</returns>
    public int Read(ReadOnlySpan<byte> name, Span<byte> to)
    {
        fixed (byte* start = name, room = to)
        {
            int file = openat(_descriptor, start, O_RDONLY | O_CLOEXEC, 0);
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

    /// <summary>Reads the beginning of a file that is open, as it is now.</summary>
    /// <returns>How many bytes; the errno, negative, when it cannot be read.</returns>
    public static int ReadAgain(int file, Span<byte> to)
    {
        fixed (byte* room = to)
        {
            nint length = pread(file, room, (nuint)to.Length, 0);
            return length >= 0 ? (int)length : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Writes a file in one call.</summary>
    /// <returns>0, or the errno.</returns>
    public int Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        fixed (byte* start = name, bytes = content)
        {
            int file = openat(_descriptor, start, O_WRONLY | O_CLOEXEC, 0);
            if (file < 0)
            {
                return Marshal.GetLastPInvokeError();
            }

            int errno = write(file, bytes, (nuint)content.Length) >= 0 ? 0 : Marshal.GetLastPInvokeError();
            _ = close(file);
            return errno;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int dirfd, byte* pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int dirfd, byte* pathname, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int dirfd, byte* pathname, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, void* buf, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
