using System.Globalization;

namespace PvExec.Linux.Processes;

/// <summary>Which signals this process ignores, as one that nohup(1) started does (SigIgn in proc_pid_status(5)).</summary>
public static class IgnoredSignals
{
    /// <param name="signal">A number of signal(7).</param>
    public static bool Contain(int signal) => ((Mask() >> (signal - 1)) & 1) != 0;

    private static ulong Mask()
    {
        const string Name = "SigIgn:";
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                return ulong.Parse(line.AsSpan(Name.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
