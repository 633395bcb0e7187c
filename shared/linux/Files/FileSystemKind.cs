using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>What kind of file system a directory lies in (statfs(2)).</summary>
public static unsafe partial class FileSystemKind
{
    private const int StatfsBytes = 256; // more than the structure has anywhere

    /// <summary>Numbers of statfs(2) and linux/magic.h: btrfs, ext2 to ext4, f2fs, overlay, ramfs, tmpfs, XFS, ZFS.</summary>
    private static readonly HashSet<uint> Local = [0x9123683e, 0xef53, 0xf2f52010, 0x794c7630, 0x858458f6, 0x01021994, 0x58465342, 0x2fc12fc1];

    /// <summary>Whether nothing but this machine's kernel answers for its files: no server, and no program. False when that cannot be told.</summary>
    public static bool IsLocal(string directory)
    {
        byte* info = stackalloc byte[StatfsBytes];
        int result;
        do
        {
            result = statfs(directory, info);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

        // f_type comes first, as wide as a long; the numbers have 32 bits.
        return result == 0 && Local.Contains((uint)*(long*)info);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, void* buf);
}
