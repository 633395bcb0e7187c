using Microsoft.Win32.SafeHandles;
using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>What the services' processes say by sd_notify(3).</summary>
internal sealed partial class Supervisor
{
    private readonly byte[] _notification = new byte[4096];
    private readonly List<SafeFileHandle> _notificationDescriptors = [];

    private void ReadNotifications()
    {
        while (true)
        {
            ReceivedPacket received = _sockets.Notify.Receive(_notification, _notificationDescriptors);
            if (received.Errno != 0)
            {
                return;
            }

            // Closing what came with it also answers BARRIER=1, once everything before it has been read.
            _notificationDescriptors.ForEach(descriptor => descriptor.Dispose());
            _notificationDescriptors.Clear();
            ServiceInstance? instance = _instances.Find(one => one.Pid == received.Sender.Pid);
            if (instance is null)
            {
                // The last words of an instance that has been reaped meanwhile are nothing strange.
                if (!Array.Exists(_services, one => one.EndedPid == received.Sender.Pid))
                {
                    InitLog.StrangeNotify(received.Sender.Pid);
                }

                continue;
            }

            Take(instance, NotifyMessage.Parse(_notification.AsSpan(0, received.Length)));
        }
    }

    private void Take(ServiceInstance instance, in NotifyMessage message)
    {
        instance.StatusText = message.Status ?? instance.StatusText;
        if (message.Ready && instance == instance.Service.Current)
        {
            instance.ReadyAt = Clock.Monotonic;
            Apply(instance.Service, ServiceSignal.Ready);
        }
    }
}
