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
}
