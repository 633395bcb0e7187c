using PvExec.Cli.Output;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Cli.Adapters;

/// <summary>The pv-init that owns a runtime directory, asked over its private socket.</summary>
internal static class RunningInit
{
    public static Outcome<IReadOnlyList<ServiceRow>> ListServices(RuntimePaths paths) =>
        InitQuery.ListServices(paths).Then<IReadOnlyList<ServiceRow>>(services => services.ConvertAll(Row));

    private static ServiceRow Row(ServiceStatus service) => new(
        service.Name, service.Pid, service.State, service.Restarts, service.UptimeMilliseconds / 1000.0, service.ResidentBytes, service.StatusText);
}
