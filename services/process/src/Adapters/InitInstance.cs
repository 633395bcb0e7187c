using PvExec.Linux.Processes;

namespace PvExec.Processes.Adapters;

/// <summary>Which pv-init is our parent: its pid and start time, which no two of one boot share.</summary>
internal sealed record InitInstance(string Id)
{
    public static InitInstance Current()
    {
        int parent = ProcessStat.TryRead(Environment.ProcessId)?.Parent ?? 0;
        ulong started = ProcessStat.TryRead(parent)?.StartTicks ?? 0;
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").TrimEnd('\n');
        return new InitInstance($"{boot}:{parent}:{started}");
    }
}
