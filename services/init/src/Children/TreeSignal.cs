using Microsoft.Win32.SafeHandles;
using PvExec.Init.Adapters;
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

    /// <summary>A signal to all in a child's cgroup and below it, also to those that are started meanwhile.</summary>
    public static void SendToGroup(ChildCgroups cgroups, ulong child, int signal)
    {
        if (signal == Signals.SIGKILL && cgroups.TryKill(child))
        {
            return;
        }

        var seen = new HashSet<int>();
        for (int pass = 0; pass < 8; pass++)
        {
            List<int> found = cgroups.Processes(child);
            found.RemoveAll(pid => !seen.Add(pid));
            if (found.Count == 0)
            {
                return;
            }

            foreach (int pid in found)
            {
                SendWithin(cgroups, child, pid, signal);
            }
        }
    }

    private static void SendWithin(ChildCgroups cgroups, ulong child, int pid, int signal)
    {
        using SafeFileHandle? held = PidFd.TryOpen(pid, out int errno);

        // Opened first and asked then, as above.
        if (errno != Errno.ESRCH && cgroups.Holds(child, pid))
        {
            _ = held is null ? Signals.Kill(pid, signal) : PidFd.Send(held, signal);
        }
    }
}
