using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>Services that somebody else runs: they are known by what they say of themselves, as long as their line lasts.</summary>
internal sealed partial class Supervisor
{
    private readonly OwnSupervisor _ownSupervisor = OwnSupervisor.OfThisProcess();

    private void AwaitServices()
    {
        InitLog.ReadyForServices(_options.RuntimeDir);
        _ownSupervisor.Say("READY=1");
    }

    /// <summary>The newest line of a service is the service's. A child of ours is none, whatever it calls itself.</summary>
    /// <returns>Null for a caller that is no service.</returns>
    private ServiceInstance? Claimed(Line line, Hello hello)
    {
        if (Services.Parse(hello.Service) is not { } name || IsDescendant(line.Peer.Pid))
        {
            return null;
        }

        SupervisedService service = Get(name);
        if (service.Current?.Line is { } earlier)
        {
            Close(earlier);
        }

        service.State = ServiceState.Ready;
        service.Restarts += service.EverReady ? 1 : 0;
        service.EverReady = true;
        return service.Current = new ServiceInstance(service, line.Peer.Pid, null);
    }

    private void ForgetExternal(ServiceInstance instance)
    {
        if (_options.ExternalServices && instance.Service.Current == instance)
        {
            instance.Service.Current = null;
            instance.Service.State = ServiceState.Stopped;
        }
    }

    private static bool IsDescendant(int pid)
    {
        // Orphans are adopted by this process, so the way up ends here for every descendant.
        while (pid > 1 && ProcessStat.TryRead(pid) is { } process)
        {
            if (process.Parent == Environment.ProcessId)
            {
                return true;
            }

            pid = process.Parent;
        }

        return false;
    }

    /// <summary>Only the children are ours to end.</summary>
    private void StopExternal()
    {
        SayStep($"ending tasks and processes ({_children.LivingCount} run)");
        foreach (SupervisedService service in _services)
        {
            TerminateChildren(service);
        }
    }
}
