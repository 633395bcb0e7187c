using PvExec.Linux.Ports;
using PvExec.Linux.Processes;

namespace PvExec.Processes.Adapters;

/// <summary>What the kernel knows of processes and their sockets.</summary>
internal interface IKernelTables
{
    /// <summary>Every listening TCP socket of the network namespace.</summary>
    IReadOnlyList<ListeningEndpoint> Listeners();

    /// <summary>Every process that can be seen.</summary>
    IReadOnlyList<ProcessStat> Processes();

    /// <summary>Adds the inodes of the sockets that a process has open.</summary>
    void AddSocketInodes(int pid, ISet<ulong> into);

    /// <summary>The soft RLIMIT_LOCKS of a process, by which pv-init marks a child's descendants; null when it is unlimited.</summary>
    ulong? FileLocks(int pid);

    /// <summary>Signals a process of a listing, and nobody who has got its number since.</summary>
    void Signal(ProcessStat process, int signal);
}
