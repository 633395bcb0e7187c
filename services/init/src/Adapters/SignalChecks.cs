using System.Globalization;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>Whether the runtime leaves SIGCHLD alone.</summary>
internal static class SignalChecks
{
    /// <summary>If SIGCHLD is caught, the runtime reaps children itself and their exit codes are lost: a bug in pv-init, not a setting.</summary>
    public static bool IsChildSignalCaught() => IsCaught(File.ReadLines("/proc/self/status"), Signals.SIGCHLD);

    /// <summary>Reads the SigCgt line of proc_pid_status(5).</summary>
    public static bool IsCaught(IEnumerable<string> status, int signal)
    {
        string line = status.First(one => one.StartsWith("SigCgt:", StringComparison.Ordinal));
        ulong mask = ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & (1UL << (signal - 1))) != 0;
    }
}
