using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Linux.Processes;

namespace PvExec.Init.Supervision;

/// <summary>Services that stop answering, and those that never begin to.</summary>
internal sealed partial class Supervisor
{
    /// <summary>One that is to stop has its own bound.</summary>
    private static long SilenceDue(ServiceInstance instance) =>
        instance.IsLeaving || instance.End is not null || instance.KillAt != long.MaxValue || instance.Service.State == ServiceState.Stopping
            ? long.MaxValue
            : WatchdogRule.Due(instance.WatchdogInterval, instance.ReadyAt, instance.LastSign);

    private long WatchdogDue()
    {
        long due = long.MaxValue;
        foreach (ServiceInstance instance in _instances)
        {
            due = Math.Min(due, Math.Min(SilenceDue(instance), instance.KillAt));
        }

        return due;
    }

    private void CheckWatchdogs(long now)
    {
        if (WatchdogDue() > now)
        {
            return;
        }

        ReadNotifications(); // a sign of life may wait there
        foreach (ServiceInstance instance in _instances)
        {
            if (instance.KillAt <= now)
            {
                instance.KillAt = long.MaxValue - 1; // not a second time, and not watched any more
                Send(instance, Signals.SIGKILL);
            }
            else if (SilenceDue(instance) <= now)
            {
                InitLog.Silent(instance.Service.Name, instance.Pid, instance.WatchdogInterval);
                Abort(instance);
            }
        }
    }

    /// <summary>When a start that begins now is to be over.</summary>
    private long StartDue() => WatchdogRule.StartDue(Clock.Monotonic, _options.StartTimeout);

    /// <summary>It needs longer for its start than it has, and goes on with it (EXTEND_TIMEOUT_USEC). What one does that hands over has a bound of its own.</summary>
    private static void Extend(ServiceInstance instance, long microseconds)
    {
        SupervisedService service = instance.Service;
        bool starts = service.State switch
        {
            ServiceState.Starting or ServiceState.TakingOver => instance == service.Current,
            ServiceState.Replacing => instance == service.Successor,
            _ => false,
        };
        if (starts && service.LateAt != long.MaxValue)
        {
            service.LateAt = Math.Max(service.LateAt, WatchdogRule.After(Clock.Monotonic, microseconds));
        }
    }

    private void AbortLate(ServiceInstance? instance)
    {
        if (instance is { IsLate: false })
        {
            instance.IsLate = true;
            InitLog.NotReadyInTime(instance.Service.Name, instance.Pid, Clock.Monotonic - instance.StartedAt);
            Abort(instance);
        }
    }

    private void Abort(ServiceInstance instance)
    {
        instance.KillAt = Clock.Monotonic + WatchdogRule.AbortTime;
        Send(instance, Signals.SIGABRT);
    }

    /// <summary>This process was held up, and so may they have been: everybody gets the whole time again.</summary>
    /// <param name="milliseconds">How long it was held up.</param>
    private void ForgiveSilence(long milliseconds)
    {
        foreach (SupervisedService service in _services)
        {
            service.LateAt = service.LateAt == long.MaxValue ? long.MaxValue : service.LateAt + milliseconds;
        }

        foreach (ServiceInstance instance in _instances)
        {
            instance.LastSign = Clock.Monotonic;
        }
    }
}
