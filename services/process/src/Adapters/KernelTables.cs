using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Ports;
using PvExec.Linux.Processes;
using PvExec.Processes.Proxy;

namespace PvExec.Processes.Adapters;

/// <summary>The kernel's tables, over netlink where that is allowed and from /proc/net otherwise. Thread-safe.</summary>
internal sealed class KernelTables(ILogger<KernelTables> log) : IKernelTables, IPortOwners, IDisposable
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private SockDiag? _netlink;
    private bool _netlinkRefused;

    public IReadOnlyList<ListeningEndpoint> Listeners()
    {
        var listeners = new List<ListeningEndpoint>();
        lock (_lock)
        {
            if (!_netlinkRefused)
            {
                int errno = 0;
                _netlink ??= SockDiag.TryOpen(out errno);
                errno = _netlink?.TryList(listeners) ?? errno;
                if (errno == 0)
                {
                    return listeners;
                }

                ProcessLog.NetlinkRefused(log, errno);
                _netlinkRefused = true;
                _netlink?.Dispose();
                _netlink = null;
                listeners.Clear();
            }
        }

        ProcNetTcp.List(listeners);
        return listeners;
    }

    public IReadOnlyList<ProcessStat> Processes() => ProcessStat.ReadAll();

    public void AddSocketInodes(int pid, ISet<ulong> into) => SocketInodes.AddOf(pid, into);

    public ulong? FileLocks(int pid) => ProcessLimits.FileLocks(pid);

    public void Signal(ProcessStat process, int signal)
    {
        // Opened first and compared then: what the descriptor holds is what is compared.
        using SafeFileHandle? held = PidFd.TryOpen(process.Pid);
        if (held is not null && ProcessStat.TryRead(process.Pid)?.StartTicks == process.StartTicks)
        {
            _ = PidFd.Send(held, signal);
        }
    }

    public string? OwnerOf(int port)
    {
        var inodes = Listeners().Where(listener => listener.Port == port).Select(listener => listener.Inode).ToHashSet();
        if (inodes.Count == 0)
        {
            return null;
        }

        foreach (ProcessStat row in ProcessStat.ReadAll())
        {
            var open = new HashSet<ulong>();
            SocketInodes.AddOf(row.Pid, open);
            if (open.Overlaps(inodes))
            {
                return row.Pid == Environment.ProcessId ? "pv-process, for another process" : $"'{Name(row.Pid)}' (pid {row.Pid})";
            }
        }

        return null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _netlink?.Dispose();
            _netlink = null;
        }
    }

    private static string Name(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            // It has ended since it was listed.
            return "?";
        }
    }
}
