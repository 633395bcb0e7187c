using PvExec.Kernel;

namespace PvExec.Bench.StandIn;

/// <summary>Which daemon this one stands in for: pv-init starts it by a link of that name, which only its first word still tells (proc_pid_cmdline(5)).</summary>
internal static class OwnName
{
    public static Service Service
    {
        get
        {
            string program = Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]);
            return Services.All.FirstOrDefault(service => service.Program() == program, Kernel.Service.Front);
        }
    }
}
