using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>signal(7): the numbers used here, and kill(2).</summary>
public static partial class Signals
{
    public const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGABRT = 6, SIGKILL = 9, SIGUSR1 = 10, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18;

    /// <summary>The highest number of a signal.</summary>
    public const int Last = 64;

    /// <summary>Sends a signal to a process, or to a group when <paramref name="pid"/> is negative.</summary>
    /// <returns>0, or the errno.</returns>
    public static int Kill(int pid, int signal) => kill(pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int sig);
}
