using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Processes;

namespace PvExec.Init.Supervision;

/// <summary>The services' processes: whose a pid is, signals to them, their ends.</summary>
internal sealed partial class Supervisor
{
    /// <summary>Those that run, and those whose end has not been dealt with.</summary>
    private readonly List<ServiceInstance> _instances = [];

    private readonly Queue<ServiceInstance> _endedInstances = [];

    private ServiceInstance? FindRunning(int pid)
    {
        foreach (ServiceInstance one in _instances)
        {
            if (one.Pid == pid && one.End is null)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>
    /// Notes the end of a service's process. Children are started and signalled while ends are taken, so what follows
    /// from it waits for <see cref="DealWithEnds"/>.
    /// </summary>
    private bool IsInstance(in ReapedProcess ended)
    {
        if (FindRunning(ended.Pid) is not { } instance)
        {
            return false;
        }

        instance.End = ended;
        _endedInstances.Enqueue(instance);
        return true;
    }

    private void DealWithEnds()
    {
        while (_endedInstances.TryDequeue(out ServiceInstance? instance))
        {
            // Its last words count: a HandedOver, an acknowledged exit, a stored descriptor.
            ReadNotifications();
            if (instance.Line is { } line)
            {
                Drain(line);
                Close(line);
            }

            _instances.Remove(instance);
            instance.Service.EndedPid = instance.Pid;
            HasEnded(instance, instance.End.GetValueOrDefault());
            instance.Dispose();
        }
    }

    private void HasEnded(ServiceInstance instance, in ReapedProcess end)
    {
        SupervisedService service = instance.Service;
        if (service.Retired.Remove(instance))
        {
            if (!end.Status.Succeeded && _step == StopStep.NotStopping)
            {
                InitLog.RetiredEnded(service.Name, end.Pid, end.Status);
            }
        }
        else if (service.Successor == instance)
        {
            service.Successor = null;
            bool hadAsked = service.State == ServiceState.HandingOver;
            Conclude(service, new Fault(
                FaultKind.Internal,
                hadAsked
                    ? $"the new instance of {service.Name} ended with {end.Status} while it was to take over: {service.Name} is started again"
                    : $"the new instance of {service.Name} {HowItEnded(instance, end, "before it could take over")}: the one that runs goes on"));
            Apply(service, ServiceSignal.SuccessorEnded);
        }
        else
        {
            CurrentEnded(service, instance, end);
        }
    }

    private void CurrentEnded(SupervisedService service, ServiceInstance instance, in ReapedProcess end)
    {
        service.Current = null;
        service.Replaced = 0;
        service.LateAt = long.MaxValue;
        service.HandedOver.Dispose();
        service.HandedOver = HandedOverState.Nothing;
        if (service.State == ServiceState.Stopping)
        {
            NoteStopped(service, end.Status);
            Apply(service, ServiceSignal.Ended);
            return;
        }

        if (service.State is ServiceState.Replacing or ServiceState.HandingOver)
        {
            InitLog.EndedBeforeHandingOver(service.Name, end.Pid, end.Status);
            Apply(service, ServiceSignal.Ended);
            return;
        }

        bool refused = !service.EverReady && end.Status.Code is ExitCodes.Usage or ExitCodes.System;
        service.Crashes = _crashRule.After(service.Crashes, instance.ReadyAt == 0 ? 0 : Clock.Monotonic - instance.ReadyAt);
        ServiceSignal signal = refused ? ServiceSignal.Refused : EndSignal(service);
        if (!refused)
        {
            TimeSpan? again = signal == ServiceSignal.Ended ? Restarting.After(service.Crashes.BackOff) : null;
            InitLog.ServiceEnded(service.Name, end.Pid, end.Status, again);
        }

        string when = service.State == ServiceState.TakingOver ? "after it took over and before it was ready" : "before it was ready";
        Conclude(service, new Fault(FaultKind.Internal, $"the new instance of {service.Name} {HowItEnded(instance, end, when)}: {(signal == ServiceSignal.Ended ? "it is started again" : "it is given up")}"));
        Apply(service, signal, end.Status.Code.GetValueOrDefault());
    }

    private static string HowItEnded(ServiceInstance instance, in ReapedProcess end, string when) => instance.IsLate
        ? $"was not ready after {(Clock.Monotonic - instance.StartedAt) / 1000} s and was ended (see its log; --start-timeout gives it more time)"
        : $"ended with {end.Status} {when}";

    /// <summary>Sends a signal to a service's process, if it still runs.</summary>
    private void Send(ServiceInstance instance, int signal)
    {
        if (instance.PidFd is { } process)
        {
            _ = PidFd.Send(process, signal);
            return;
        }

        // As long as it has not been reaped, its number means it and nobody else.
        if (instance.End is null)
        {
            _ = Signals.Kill(instance.Pid, signal);
        }
    }
}
