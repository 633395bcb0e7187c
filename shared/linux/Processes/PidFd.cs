using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Processes;

/// <summary>A process held by a descriptor, so that its number cannot come to mean another one (pidfd_open(2)).</summary>
public static partial class PidFd
{
    // The same numbers on every architecture since Linux 5.x.
    private const nint SYS_pidfd_send_signal = 424, SYS_pidfd_open = 434;

    /// <summary>Null when there is no such process any more, or no descriptor to hold it with.</summary>
    public static SafeFileHandle? TryOpen(int pid) => TryOpen(pid, out _);

    /// <param name="errno">0, or why it is null: ESRCH when there is no such process, EMFILE or ENFILE when no descriptor is left.</param>
    public static SafeFileHandle? TryOpen(int pid, out int errno)
    {
        nint fd = syscall(SYS_pidfd_open, pid, 0);
        errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return fd >= 0 ? new SafeFileHandle(fd, true) : null;
    }

    /// <summary>As <see cref="TryOpen(int, out int)"/>, as a number that the caller closes; -1 for none.</summary>
    public static int TryOpenNumber(int pid, out int errno)
    {
        nint fd = syscall(SYS_pidfd_open, pid, 0);
        errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return (int)fd;
    }

    /// <summary>Sends a signal (pidfd_send_signal(2)).</summary>
    /// <returns>0, or the errno: ESRCH when the process has ended, EINVAL for a number that is no signal, EPERM.</returns>
    public static int Send(SafeFileHandle process, int signal)
    {
        bool held = false;
        try
        {
            process.DangerousAddRef(ref held);
            return syscall(SYS_pidfd_send_signal, process.DangerousGetHandle(), signal, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            if (held)
            {
                process.DangerousRelease();
            }
        }
    }

    /// <summary>As the other, for a descriptor that the caller holds as a number.</summary>
    public static int Send(int process, int signal) =>
        syscall(SYS_pidfd_send_signal, process, signal, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);
}
