using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>How a file is opened (open(2)); all descriptors are close-on-exec and no symlink in the last part is followed.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 0x1,
    ReadWrite = 0x2,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    /// <summary>A fifo does not wait for its other end.</summary>
    NonBlocking = 0x800,
    Directory = 0x10000,
}

/// <summary>openat(2) and openat2(2).</summary>
public static partial class Opening
{
    private const int AT_FDCWD = -100, O_CLOEXEC = 0x80000, O_NOFOLLOW = 0x20000, O_PATH = 0x200000, EINTR = FileErrno.EINTR;
    private const long SYS_openat2 = 437;
    private const ulong RESOLVE_NO_SYMLINKS = 0x04, RESOLVE_BENEATH = 0x08;

    /// <summary>O_DIRECTORY and O_NOFOLLOW have other numbers on arm64.</summary>
    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Old kernels do not have the call, and seccomp profiles that do not know it refuse it with EPERM.</summary>
    private static readonly bool s_hasOpenat2 = Probe();

    /// <summary>Opens the entry <paramref name="name"/> of a directory, or a path below it.</summary>
    /// <param name="mode">For a file that is created; subject to the umask.</param>
    /// <returns>0, or errno.</returns>
    public static int TryAt(FileDescriptor directory, ReadOnlySpan<byte> name, OpenFlags flags, out FileDescriptor? file, int mode = 0) =>
        Call(directory.Number, name, Numbers(flags) | NoFollow, mode, out file);

    /// <summary>Opens an absolute path; symlinks are followed.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static FileDescriptor Path(ReadOnlySpan<byte> path, OpenFlags flags, int mode = 0)
    {
        int errno = Call(AT_FDCWD, path, Numbers(flags), mode, out FileDescriptor? file);
        return errno == 0 ? file! : throw new FileCallException($"open({PathText.Show(path)}, {flags})", errno);
    }

    /// <summary>
    /// Opens a path below a directory without ever following a symlink, in whichever part: by openat2(2) (Linux 5.6),
    /// and where that is not to be had part by part.
    /// </summary>
    /// <returns>0, or errno; ELOOP or ENOTDIR for a symlink, EXDEV for a path that leads out of the directory.</returns>
    public static int TryBeneath(FileDescriptor directory, ReadOnlySpan<byte> path, OpenFlags flags, out FileDescriptor? file) =>
        s_hasOpenat2 ? Openat2(directory.Number, path, flags, out file) : TryByParts(directory, path, flags, out file);

    /// <summary>Opens an absolute path if no part of it is a symlink.</summary>
    /// <returns>0, or errno; ELOOP for a symlink, ENOSYS where openat2(2) is not to be had.</returns>
    public static int TryWithoutSymlinks(ReadOnlySpan<byte> path, OpenFlags flags, out FileDescriptor? file)
    {
        file = null;
        return s_hasOpenat2 ? Openat2(AT_FDCWD, path, flags, out file, resolve: RESOLVE_NO_SYMLINKS) : FileErrno.ENOSYS;
    }

    /// <summary><see cref="TryBeneath"/> without openat2(2): one call for each part.</summary>
    internal static int TryByParts(FileDescriptor directory, ReadOnlySpan<byte> path, OpenFlags flags, out FileDescriptor? file)
    {
        // The parts before the last need to be searchable only, as for the kernel.
        int between = Numbers(OpenFlags.Directory) | NoFollow | O_PATH;
        FileDescriptor? step = null;
        while (true)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> part = slash < 0 ? path : path[..slash];
            file = null;
            int errno = slash == 0 || part.SequenceEqual(".."u8)
                ? FileErrno.EXDEV
                : Call((step ?? directory).Number, part, slash < 0 ? Numbers(flags) | NoFollow : between, 0, out file);
            step?.Dispose();
            if (errno != 0 || slash < 0)
            {
                return errno;
            }

            step = file;
            path = path[(slash + 1)..];
        }
    }

    private static int NoFollow => s_arm ? 0x8000 : O_NOFOLLOW;

    private static bool Probe()
    {
        int errno = Openat2(AT_FDCWD, "."u8, OpenFlags.Directory, out FileDescriptor? file, O_PATH);
        file?.Dispose();
        return errno is not (FileErrno.ENOSYS or FileErrno.EPERM);
    }

    private static unsafe int Openat2(int directory, ReadOnlySpan<byte> path, OpenFlags flags, out FileDescriptor? file, int more = 0, ulong resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH)
    {
        using var text = new CString(path, stackalloc byte[CString.StackBytes]);
        var how = new open_how { flags = (ulong)(uint)(Numbers(flags) | O_CLOEXEC | more), resolve = resolve };
        while (true)
        {
            long fd;
            fixed (byte* name = text)
            {
                fd = syscall(SYS_openat2, directory, name, &how, sizeof(open_how));
            }

            int errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
            if (errno is EINTR or FileErrno.EAGAIN)
            {
                continue;
            }

            file = errno == 0 ? new FileDescriptor((int)fd) : null;
            return errno;
        }
    }

    private static unsafe int Call(int directory, ReadOnlySpan<byte> path, int flags, int mode, out FileDescriptor? file)
    {
        using var text = new CString(path, stackalloc byte[CString.StackBytes]);
        while (true)
        {
            int fd;
            fixed (byte* name = text)
            {
                fd = openat(directory, name, flags | O_CLOEXEC, (uint)mode);
            }

            int errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
            if (errno == EINTR)
            {
                continue;
            }

            file = errno == 0 ? new FileDescriptor(fd) : null;
            return errno;
        }
    }

    private static int Numbers(OpenFlags flags) =>
        s_arm && flags.HasFlag(OpenFlags.Directory) ? (int)(flags & ~OpenFlags.Directory) | 0x4000 : (int)flags;

    private struct open_how
    {
        public ulong flags;
        public ulong mode;
        public ulong resolve;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int openat(int dirfd, byte* pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial long syscall(long number, long dirfd, byte* pathname, open_how* how, long size);
}
