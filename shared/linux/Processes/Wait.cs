using System.Runtime.InteropServices;
using PvExec.Kernel;

namespace PvExec.Linux.Processes;

/// <summary>waitid(2) and wait4(2) for a process that reaps in one thread.</summary>
public static unsafe partial class Wait
{
    private const int P_ALL = 0, WNOHANG = 1, WEXITED = 4, WNOWAIT = 0x01000000;

    /// <summary>Of <c>siginfo_t</c>, where si_pid is.</summary>
    private const int SiPidOffset = 16, SigInfoSize = 128;

    /// <summary>Waits until some child has ended, and leaves it to be reaped.</summary>
    /// <returns>Its pid; 0 when there is no child at all.</returns>
    public static int ForAnyEnded()
    {
        byte* info = stackalloc byte[SigInfoSize];
        while (waitid(P_ALL, 0, info, WEXITED | WNOWAIT) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.ECHILD)
            {
                return 0;
            }

            if (errno != Errno.EINTR)
            {
                throw new SystemCallException("waitid(P_ALL, WEXITED | WNOWAIT)", errno);
            }
        }

        return *(int*)(info + SiPidOffset);
    }

    /// <summary>Takes the status of a child that has ended.</summary>
    /// <returns>False when it is not there to be taken: another reaped it.</returns>
    public static bool TryReap(int pid, out ExitStatus status, out ProcessUsage usage) => TryReap(pid, out _, out status, out usage);

    /// <summary>Takes the status of any child that has ended, without waiting for one.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage) => TryReap(-1, out pid, out status, out usage);

    private static bool TryReap(int which, out int reaped, out ExitStatus status, out ProcessUsage usage)
    {
        int word;
        rusage used;
        do
        {
            reaped = wait4(which, &word, WNOHANG, &used);
        }
        while (reaped < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (reaped <= 0)
        {
            status = default;
            usage = default;
            return false;
        }

        status = ExitStatus.FromWaitStatus(word);
        usage = new ProcessUsage(
            (used.ru_utime_sec * 1_000_000) + used.ru_utime_usec,
            (used.ru_stime_sec * 1_000_000) + used.ru_stime_usec,
            used.ru_maxrss_kib * 1024)
        {
            MinorFaults = used.ru_minflt,
            MajorFaults = used.ru_majflt,
            BlocksRead = used.ru_inblock,
            BlocksWritten = used.ru_oublock,
            VoluntarySwitches = used.ru_nvcsw,
            InvoluntarySwitches = used.ru_nivcsw,
        };
        return true;
    }

    // The kernel's struct rusage on 64-bit machines: 144 bytes.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct rusage
    {
        public long ru_utime_sec, ru_utime_usec, ru_stime_sec, ru_stime_usec, ru_maxrss_kib;
        public long ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap, ru_inblock, ru_oublock;
        public long ru_msgsnd, ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int idtype, uint id, void* infop, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* wstatus, int options, rusage* rusage);
}
