using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>Mode, owner and times: fchmod(2), fchmodat(2), fchownat(2), utimensat(2).</summary>
public static partial class Metadata
{
    private const int AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    private const long UTIME_OMIT = 0x3ffffffe;

    /// <exception cref="FileCallException">The call failed.</exception>
    public static void SetMode(FileDescriptor file, int mode)
    {
        if (fchmod(file.Number, (uint)mode) != 0)
        {
            throw FileCallException.FromLast($"fchmod({file.Number}, 0{Convert.ToString(mode, 8)})");
        }
    }

    /// <summary>Of a name that is no symlink: this call follows one.</summary>
    /// <returns>0, or errno.</returns>
    public static unsafe int TrySetMode(FileDescriptor directory, ReadOnlySpan<byte> name, int mode)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path)
        {
            return fchmodat(directory.Number, text, (uint)mode, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Clears setuid and setgid of a file: set the mode afterwards.</summary>
    /// <returns>0, or errno (EPERM for anyone but root).</returns>
    public static int TrySetOwner(FileDescriptor file, uint uid, uint gid) => Own(file.Number, [], uid, gid, AT_EMPTY_PATH);

    /// <summary>Of a name; of a symlink itself.</summary>
    /// <returns>0, or errno.</returns>
    public static int TrySetOwner(FileDescriptor directory, ReadOnlySpan<byte> name, uint uid, uint gid) =>
        Own(directory.Number, name, uid, gid, AT_SYMLINK_NOFOLLOW);

    /// <summary>The modification time; the access time stays.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void SetModified(FileDescriptor file, FileTime time)
    {
        kernel_timespec* times = stackalloc kernel_timespec[2];
        times[0] = new kernel_timespec { tv_nsec = UTIME_OMIT };
        times[1] = new kernel_timespec { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };
        if (futimens(file.Number, times) != 0)
        {
            throw FileCallException.FromLast($"futimens({file.Number})");
        }
    }

    /// <summary>The modification time of a name; of a symlink itself.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe void SetModified(FileDescriptor directory, ReadOnlySpan<byte> name, FileTime time)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        kernel_timespec* times = stackalloc kernel_timespec[2];
        times[0] = new kernel_timespec { tv_nsec = UTIME_OMIT };
        times[1] = new kernel_timespec { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };
        fixed (byte* text = path)
        {
            if (utimensat(directory.Number, text, times, AT_SYMLINK_NOFOLLOW) != 0)
            {
                throw FileCallException.FromLast("utimensat", name);
            }
        }
    }

    private static unsafe int Own(int directory, ReadOnlySpan<byte> name, uint uid, uint gid, int flags)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* text = path)
        {
            return fchownat(directory, text, uid, gid, flags) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private struct kernel_timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fchmodat(int dirfd, byte* pathname, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fchownat(int dirfd, byte* pathname, uint owner, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int futimens(int fd, kernel_timespec* times);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int utimensat(int dirfd, byte* pathname, kernel_timespec* times, int flags);
}
