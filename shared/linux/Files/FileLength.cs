using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Sets the length of a file; what is added reads as zeros and takes no space (ftruncate(2)).</summary>
public static partial class FileLength
{
    /// <returns>0, or errno.</returns>
    public static int TrySet(SafeHandle file, long length)
    {
        while (true)
        {
            if (ftruncate(file, length) == 0)
            {
                return 0;
            }

            if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
            {
                return errno;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeHandle fd, long length);
}
