using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>Descriptors as such (fcntl(2)).</summary>
public static partial class Descriptor
{
    private const int F_DUPFD_CLOEXEC = 1030;

    /// <summary>Another descriptor of the same open file description, close-on-exec.</summary>
    /// <exception cref="SystemCallException">No descriptor is left.</exception>
    public static SafeFileHandle Duplicate(SafeHandle handle)
    {
        int fd = fcntl(handle, F_DUPFD_CLOEXEC, 3);
        return fd >= 0 ? new SafeFileHandle(fd, true) : throw SystemCallException.FromLast("fcntl(F_DUPFD_CLOEXEC)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle fd, int op, int arg);
}
