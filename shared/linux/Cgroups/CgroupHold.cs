using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Cgroups;

/// <summary>
/// A group that one process calls its own for as long as it lives, by flock(2) of its directory: as long as nobody is in a
/// group, nothing else tells one that was just made from one that was left behind.
/// </summary>
public sealed partial class CgroupHold : IDisposable
{
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000;
    private const int LOCK_EX = 2, LOCK_NB = 4;

    private readonly SafeFileHandle _directory;

    private CgroupHold(SafeFileHandle directory) => _directory = directory;

    /// <summary>Null when another process has it, or it is gone.</summary>
    public static CgroupHold? TryTake(string group)
    {
        int descriptor = open(group, O_RDONLY | O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        if (flock(directory, LOCK_EX | LOCK_NB) == 0)
        {
            return new CgroupHold(directory);
        }

        directory.Dispose();
        return null;
    }

    public void Dispose() => _directory.Dispose();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);
}
