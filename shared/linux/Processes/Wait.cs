using System.Runtime.InteropServices;
using PvExec.Kernel;

namespace PvExec.Linux.Processes;

/// <summary>wait4(2) for a process that reaps in one thread.</summary>
public static unsafe partial class Wait
{
    private const int WNOHANG = 1;

    /// <summary>Takes the status of any child that has ended, without waiting for one.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage)
    {
        int word;
        rusage used;
        do
        {
            pid = wait4(-1, &word, WNOHANG, &used);
        }
        while (pid < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (pid <= 0)
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
    private static partial int wait4(int pid, int* wstatus, int options, rusage* rusage);
}
