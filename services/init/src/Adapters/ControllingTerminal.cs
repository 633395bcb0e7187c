using System.Globalization;

namespace PvExec.Init.Adapters;

/// <summary>Whether this process has a terminal that may hang up.</summary>
internal static class ControllingTerminal
{
    /// <summary>As of now (tty_nr of proc_pid_stat(5)). That of process 1 belongs to the container's engine, which does not hang up.</summary>
    public static bool MayHangUp() => Environment.ProcessId != 1 && Exists(File.ReadAllText("/proc/self/stat"));

    /// <param name="stat">A line of proc_pid_stat(5).</param>
    public static bool Exists(string stat)
    {
        // The name, in parentheses, may hold anything; state, parent, group and session stand between it and the terminal.
        string terminal = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[4];
        return int.Parse(terminal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) != 0;
    }
}
