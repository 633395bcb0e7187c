using Microsoft.Win32.SafeHandles;
using PvExec.Linux;
using PvExec.Linux.Processes;

namespace PvExec.Init.Children;

/// <summary>Signals to several processes of a listing, none of which may hit a process that took over a number since.</summary>
internal static class TreeSignal
{
    /// <returns>How many got it.</returns>
    public static int Send(IReadOnlyList<ProcessStat> processes, int signal)
    {
        int sent = 0;
        foreach (ProcessStat process in processes)
        {
            using SafeFileHandle? held = PidFd.TryOpen(process.Pid, out int errno);

            // Opened first and compared then: what the descriptor holds is what is compared.
            if (errno == Errno.ESRCH || ProcessStat.TryRead(process.Pid) is not { } now || now.StartTicks != process.StartTicks)
            {
                continue;
            }

            // With no descriptor left the moment between comparing and kill(2) is risked: better than to leave it running.
            if ((held is null ? Signals.Kill(process.Pid, signal) : PidFd.Send(held, signal)) == 0)
            {
                sent++;
            }
        }

        return sent;
    }
}
