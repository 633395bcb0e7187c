using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>statx(2): needs Linux 4.11 and glibc 2.28.</summary>
public static partial class Statx
{
    private const int AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000, AT_NO_AUTOMOUNT = 0x800, AT_FDCWD = -100;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    /// <summary>The entry <paramref name="name"/> of a directory; a symlink is not followed.</summary>
    /// <returns>0, or errno.</returns>
    public static int TryAt(FileDescriptor directory, ReadOnlySpan<byte> name, out FileStat stat) =>
        Call(directory.Number, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, out stat);

    /// <summary>The file at an absolute path.</summary>
    /// <returns>0, or errno.</returns>
    public static int TryPath(ReadOnlySpan<byte> path, bool followSymlinks, out FileStat stat) =>
        Call(AT_FDCWD, path, followSymlinks ? 0 : AT_SYMLINK_NOFOLLOW, out stat);

    /// <summary>An open file.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static FileStat Of(FileDescriptor file)
    {
        int errno = Call(file.Number, [], AT_EMPTY_PATH, out FileStat stat);
        return errno == 0 ? stat : throw new FileCallException($"statx({file.Number}, \"\", AT_EMPTY_PATH)", errno);
    }

    private static unsafe int Call(int directory, ReadOnlySpan<byte> name, int flags, out FileStat stat)
    {
        using var path = new CString(name, stackalloc byte[CString.StackBytes]);
        statx_t buffer;
        fixed (byte* text = path)
        {
            if (statx(directory, text, flags, STATX_BASIC_STATS, &buffer) != 0)
            {
                stat = default;
                return Marshal.GetLastPInvokeError();
            }
        }

        stat = new FileStat
        {
            Type = (FileType)(buffer.stx_mode & 0xF000),
            Mode = buffer.stx_mode & 0xFFF,
            Links = buffer.stx_nlink,
            Uid = buffer.stx_uid,
            Gid = buffer.stx_gid,
            Inode = buffer.stx_ino,
            Device = ((ulong)buffer.stx_dev_major << 32) | buffer.stx_dev_minor,
            Size = (long)buffer.stx_size,
            Blocks = (long)buffer.stx_blocks,
            Modified = new FileTime(buffer.stx_mtime.tv_sec, (int)buffer.stx_mtime.tv_nsec),
            Changed = new FileTime(buffer.stx_ctime.tv_sec, (int)buffer.stx_ctime.tv_nsec),
            NodeMajor = buffer.stx_rdev_major,
            NodeMinor = buffer.stx_rdev_minor,
            IsMountRoot = (buffer.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
        };
        return 0;
    }

#pragma warning disable CS0649 // the kernel assigns the fields
    private struct statx_timestamp
    {
        public long tv_sec;
        public uint tv_nsec;
        public int __reserved;
    }

    private unsafe struct statx_t
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
        public ushort __spare0;
        public ulong stx_ino;
        public ulong stx_size;
        public ulong stx_blocks;
        public ulong stx_attributes_mask;
        public statx_timestamp stx_atime;
        public statx_timestamp stx_btime;
        public statx_timestamp stx_ctime;
        public statx_timestamp stx_mtime;
        public uint stx_rdev_major;
        public uint stx_rdev_minor;
        public uint stx_dev_major;
        public uint stx_dev_minor;
        public fixed ulong __spare2[14];
    }
#pragma warning restore CS0649

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int statx(int dirfd, byte* pathname, int flags, uint mask, statx_t* statxbuf);
}
