using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>A file on disk that is in no directory: it goes with its last descriptor, whatever is killed (open(2), O_TMPFILE).</summary>
public static partial class UnnamedFile
{
    private const int O_RDWR = 0x2, O_CREAT = 0x40, O_EXCL = 0x80, O_CLOEXEC = 0x80000, TMPFILE = 0x400000;
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>O_DIRECTORY, which is a part of O_TMPFILE, has another number on arm64.</summary>
    private static readonly int O_TMPFILE = TMPFILE | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000);

    /// <summary>One that is empty, open for reading and writing, close-on-exec.</summary>
    /// <param name="directory">On the file system that it is to be on.</param>
    /// <exception cref="SystemCallException">The directory is not there, may not be written, or has no space.</exception>
    public static SafeFileHandle Create(string directory)
    {
        // Without O_EXCL another process of this user could give it a name; nobody does, and old overlay file systems refuse the two together.
        int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, OwnerOnly);
        if (fd >= 0)
        {
            return new SafeFileHandle(fd, true);
        }

        // What a file system says, and a kernel, that does not know of such files.
        return Marshal.GetLastPInvokeError() is Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL
            ? CreateAndUnlink(directory)
            : throw SystemCallException.FromLast($"open({directory}, O_TMPFILE)");
    }

    /// <summary>As <see cref="Create"/>, where the file system needs a name for a moment.</summary>
    internal static SafeFileHandle CreateAndUnlink(string directory)
    {
        string path = $"{directory}/.pv-exec-{Guid.NewGuid():N}";
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, OwnerOnly);
        if (fd < 0)
        {
            throw SystemCallException.FromLast($"open({path}, O_CREAT)");
        }

        var file = new SafeFileHandle(fd, true);
        if (unlink(path) != 0)
        {
            SystemCallException error = SystemCallException.FromLast($"unlink({path})");
            file.Dispose();
            throw error;
        }

        return file;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string pathname);
}
