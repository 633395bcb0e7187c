using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Linux.Processes;

namespace PvExec.Init.Supervision;

/// <summary>Services that stop answering.</summary>
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

    private void Abort(ServiceInstance instance)
    {
        instance.KillAt = Clock.Monotonic + WatchdogRule.AbortTime;
        Send(instance, Signals.SIGABRT);
    }

    /// <summary>This process was held up, and so may they have been: everybody gets the whole time again.</summary>
    private void ForgiveSilence()
    {
        foreach (ServiceInstance instance in _instances)
        {
            instance.LastSign = Clock.Monotonic;
        }
    }
}
