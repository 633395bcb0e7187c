using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>flock(2): held until the descriptor is closed.</summary>
public static partial class AdvisoryLock
{
    private const int LOCK_EX = 2, LOCK_NB = 4;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static void Take(FileDescriptor file)
    {
        while (flock(file.Number, LOCK_EX) != 0)
        {
            if (Marshal.GetLastPInvokeError() != FileErrno.EINTR)
            {
                throw FileCallException.FromLast($"flock({file.Number}, LOCK_EX)");
            }
        }
    }

    /// <returns>False when another open file has the lock.</returns>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static bool TryTake(FileDescriptor file)
    {
        if (flock(file.Number, LOCK_EX | LOCK_NB) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == FileErrno.EAGAIN ? false : throw new FileCallException($"flock({file.Number}, LOCK_EX|LOCK_NB)", errno);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);
}
