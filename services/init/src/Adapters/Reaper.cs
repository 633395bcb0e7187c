using Microsoft.Win32.SafeHandles;
using PvExec.Init.Native;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>
/// Takes processes that have ended out of the process table, children and orphans alike. The thread that does is the one that starts children
/// and sends signals: between two calls of <see cref="TryTake"/> the pid of a child that was not taken means that child and nobody else.
/// </summary>
internal sealed class Reaper
{
    /// <summary>Of <c>struct signalfd_siginfo</c>.</summary>
    private const int SignalInfoSize = 128;

    private readonly SafeFileHandle _signal;

    /// <exception cref="SystemCallException">There is no descriptor left.</exception>
    public Reaper()
    {
        int descriptor = Shim.pv_open_child_signal();
        _signal = descriptor >= 0 ? new SafeFileHandle(descriptor, true) : throw new SystemCallException("signalfd(SIGCHLD)", -descriptor);
    }

    /// <summary>Readable when somebody has ended since <see cref="Settle"/>. Ends that come together are told of once.</summary>
    public System.Runtime.InteropServices.SafeHandle Handle => _signal;

    /// <summary>Makes <see cref="Handle"/> unreadable until somebody ends. Whoever has ended before is to be taken after it.</summary>
    public void Settle()
    {
        Span<byte> info = stackalloc byte[SignalInfoSize];
        _ = NonBlockingRead.Read(_signal, info);
    }

    /// <summary>The next process that has ended, in the order of their starts; an orphan counts from its parent's end.</summary>
    public static bool TryTake(out ReapedProcess process)
    {
        bool isTaken = Wait.TryReapAny(out int pid, out ExitStatus status, out ProcessUsage usage);
        process = isTaken ? new ReapedProcess(pid, status, usage, Clock.NowMicroseconds) : default;
        return isTaken;
    }
}
