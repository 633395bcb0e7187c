using PvExec.Init.Adapters;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Children;

/// <summary>
/// Signals to several processes of a listing, none of which may hit a process that took over a number since; also when there is no
/// descriptor left. Once warm, nothing is allocated.
/// </summary>
internal sealed class TreeSignal
{
    /// <summary>A process that forks while the table is read may be missed: it is looked again until nobody new is found, so often at most.</summary>
    public const int Passes = 8;

    private readonly HashSet<int> _seen = [];

    /// <summary>For a listing, a file in it, and a process.</summary>
    private readonly DescriptorReserve _reserve = new(3);

    public TreeSignal() => _reserve.Take();

    /// <summary>As of the last look.</summary>
    public ProcessTable Table { get; } = new();

    /// <summary>Nobody has been met.</summary>
    public void Begin() => _seen.Clear();

    /// <summary>Looks at the process table.</summary>
    public void Look()
    {
        _reserve.Release();
        try
        {
            Table.Read();
        }
        finally
        {
            _reserve.Take();
        }
    }

    /// <summary>Whether somebody of a listing still runs.</summary>
    public static bool IsAnyThere(ReadOnlySpan<ProcessStat> processes)
    {
        foreach (ProcessStat process in processes)
        {
            if (ProcessStat.TryRead(process.Pid) is { IsZombie: false } now && now.StartTicks == process.StartTicks)
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>How many got it.</returns>
    public int Send(ReadOnlySpan<ProcessStat> processes, int signal)
    {
        _seen.Clear();
        return SendToNew(processes, signal, out _);
    }

    /// <summary>To those that have not been met since <see cref="Begin"/>.</summary>
    /// <param name="isAnyNew">Whether there were any.</param>
    /// <returns>How many got it.</returns>
    public int SendToNew(ReadOnlySpan<ProcessStat> processes, int signal, out bool isAnyNew)
    {
        isAnyNew = false;
        int sent = 0;
        _reserve.Release();
        foreach (ProcessStat process in processes)
        {
            if (!_seen.Add(process.Pid))
            {
                continue;
            }

            isAnyNew = true;
            int held = PidFd.TryOpenNumber(process.Pid, out int errno);

            // Opened first and compared then: what the descriptor holds is what is compared.
            if (errno != Errno.ESRCH && ProcessStat.TryRead(process.Pid) is { } now && now.StartTicks == process.StartTicks)
            {
                sent += Send(process.Pid, held, signal) == 0 ? 1 : 0;
            }

            Close(held);
        }

        _reserve.Take();
        return sent;
    }

    /// <summary>A signal to all in a child's cgroup and below it, also to those that are started meanwhile.</summary>
    public void SendToGroup(ChildCgroups cgroups, ChildGroup group, int signal)
    {
        _reserve.Release();
        if (signal != Signals.SIGKILL || !cgroups.TryKill(group))
        {
            Begin();
            for (int pass = 0; pass < Passes && SendToNew(cgroups, group, signal); pass++)
            {
            }
        }

        _reserve.Take();
    }

    private bool SendToNew(ChildCgroups cgroups, ChildGroup group, int signal)
    {
        bool isAnyNew = false;
        foreach (int pid in cgroups.Processes(group))
        {
            if (!_seen.Add(pid))
            {
                continue;
            }

            isAnyNew = true;
            int held = PidFd.TryOpenNumber(pid, out int errno);

            // Opened first and asked then, as above.
            if (errno != Errno.ESRCH && cgroups.Holds(group, pid))
            {
                _ = Send(pid, held, signal);
            }

            Close(held);
        }

        return isAnyNew;
    }

    // With no descriptor left the moment between comparing and kill(2) is risked: better than to leave it running.
    private static int Send(int pid, int held, int signal) => held < 0 ? Signals.Kill(pid, signal) : PidFd.Send(held, signal);

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            DescriptorBuffer.Close(descriptor);
        }
    }
}
