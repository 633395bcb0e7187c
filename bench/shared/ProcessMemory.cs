using System.Globalization;

namespace PvExec.Bench;

/// <summary>The memory of a process (proc_pid_smaps(5)).</summary>
/// <param name="ResidentBytes">RSS: all its pages in memory.</param>
/// <param name="ProportionalBytes">PSS: of pages that several processes have, its share.</param>
public readonly record struct ProcessMemory(long ResidentBytes, long ProportionalBytes)
{
    public static ProcessMemory Of(int pid)
    {
        string[] lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return new ProcessMemory(Bytes(lines, "Rss:"), Bytes(lines, "Pss:"));
    }

    public static ProcessMemory operator +(ProcessMemory one, ProcessMemory other) =>
        new(one.ResidentBytes + other.ResidentBytes, one.ProportionalBytes + other.ProportionalBytes);

    /// <summary>A line is <c>Pss:   1234 kB</c>; the kernel's kB are 1024 bytes.</summary>
    private static long Bytes(string[] lines, string name)
    {
        string line = lines.First(one => one.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..^" kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
