using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>What the services' processes say by sd_notify(3).</summary>
internal sealed partial class Supervisor
{
    private readonly byte[] _notification = new byte[4096];
    private readonly DescriptorBuffer _notificationDescriptors = new();

    private void ReadNotifications()
    {
        while (_sockets.Notify is { } socket)
        {
            ReceivedPacket received = socket.Receive(_notification, _notificationDescriptors);
            if (received.Errno != 0)
            {
                return;
            }

            if (FindNotifier(received.Sender.Pid) is { } instance)
            {
                Take(instance, NotifyMessage.Parse(_notification.AsSpan(0, received.Length)));
            }
            else if (!HasJustEnded(received.Sender.Pid))
            {
                // The last words of an instance that has been reaped meanwhile are nothing strange.
                InitLog.StrangeNotify(received.Sender.Pid);
            }

            // What is not stored. This also answers BARRIER=1, once everything before it has been dealt with.
            _notificationDescriptors.Clear();
        }
    }

    // Loops, since a lambda that captures the pid would be allocated for every sign of life.
    private ServiceInstance? FindNotifier(int pid)
    {
        foreach (ServiceInstance one in _instances)
        {
            if (one.Pid == pid)
            {
                return one;
            }
        }

        return null;
    }

    private bool HasJustEnded(int pid)
    {
        foreach (SupervisedService one in _services)
        {
            if (one.EndedPid == pid)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(ServiceInstance instance, in NotifyMessage message)
    {
        SupervisedService service = instance.Service;
        if (message.Status is { } status)
        {
            instance.SetStatus(_notification.AsSpan(status));
        }

        instance.IsReloading = message.Reloading || (instance.IsReloading && !message.Ready);
        instance.IsLeaving |= message.Stopping;
        if (message.Watchdog || message.Ready)
        {
            instance.LastSign = Clock.Monotonic;
        }

        if (message.WatchdogMicroseconds is { } time)
        {
            instance.WatchdogInterval = WatchdogRule.After(0, time);
            instance.LastSign = Clock.Monotonic;
        }

        if (message.ExtendMicroseconds is { } more)
        {
            Extend(instance, more);
        }

        if (message.StoreRemove && message.Name is { } name)
        {
            service.Store.Remove(_notification.AsSpan(name));
        }

        if (message.Store)
        {
            Store(service, StoreName.From(message.Name is { } given ? _notification.AsSpan(given) : []));
        }

        if (message.Ready && instance == service.Current && !instance.IsLate)
        {
            instance.ReadyAt = instance.ReadyAt == 0 ? Clock.Monotonic : instance.ReadyAt;
            Apply(service, ServiceSignal.Ready);
        }

        if (message.MainExit is { } code && instance == service.Current && MainOf(service.Service) is { } main)
        {
            BeginStop($"the main {main} has ended with exit code {code}", code);
        }

        if (message.WatchdogTrigger && instance.KillAt == long.MaxValue)
        {
            InitLog.WatchdogTriggered(service.Name, instance.Pid);
            Abort(instance);
        }
    }

    /// <summary>What <c>-main</c> names, if it is that service's; null otherwise.</summary>
    private string? MainOf(Service service) => service switch
    {
        Service.Exec => _options.MainTask is { } task ? $"task '{task}'" : null,
        Service.Process => _options.MainProcess is { } process ? $"process '{process}'" : null,
        Service.Front or Service.Worktree => null,
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };

    /// <summary>Keeps the descriptors that came with the notification.</summary>
    private void Store(SupervisedService service, ReadOnlySpan<byte> name)
    {
        foreach (int descriptor in _notificationDescriptors.Numbers)
        {
            if (!service.Store.TryAdd(name, descriptor))
            {
                DescriptorBuffer.Close(descriptor);
                InitLog.StoreFull(service.Name, service.Store.All.Count);
            }
        }

        _notificationDescriptors.Forget();
    }
}
