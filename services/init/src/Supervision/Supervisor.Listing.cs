using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>How the services are, for whoever asks.</summary>
internal sealed partial class Supervisor
{
    private ServiceList List()
    {
        long now = Clock.Monotonic;
        var list = new List<ServiceStatus>(_services.Length + 1)
        {
            new("init", Environment.ProcessId, _step == StopStep.NotStopping ? "ready" : "stopping", OwnStatus(), 0, now - _startedAt, Resident(Environment.ProcessId)),
        };
        foreach (SupervisedService service in _services)
        {
            list.Add(Status(service, service.Current, Shown(service)));
            if (service.Successor is { } successor)
            {
                list.Add(Status(service, successor, "standby"));
            }

            list.AddRange(service.Retired.Select(retired => Status(service, retired, "leaving")));
        }

        return new ServiceList(list);
    }

    /// <summary>What it says of itself counts while it is ready.</summary>
    private static string Shown(SupervisedService service) => service switch
    {
        { State: ServiceState.Ready, Current.IsLeaving: true } => ServiceState.Stopping.Name(),
        { State: ServiceState.Ready, Current.IsReloading: true } => "reloading",
        _ => service.State.Name(),
    };

    private static ServiceStatus Status(SupervisedService service, ServiceInstance? instance, string state) => new(
        service.Name,
        instance?.Pid ?? 0,
        state,
        instance?.StatusText ?? "",
        service.Restarts,
        instance is null ? 0 : Clock.Monotonic - instance.StartedAt,
        instance is null ? 0 : Resident(instance.Pid));

    private static long Resident(int pid) => (ProcessStat.TryRead(pid)?.ResidentPages ?? 0) * Environment.SystemPageSize;
}
