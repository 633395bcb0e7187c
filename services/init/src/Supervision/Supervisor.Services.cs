using System.Text;
using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>The four services: start, readiness, restart.</summary>
internal sealed partial class Supervisor
{
    /// <summary>The first wait is hardly noticed; the last one keeps a service that crashes at once from using up a core.</summary>
    private static readonly Backoff Restarting = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    /// <summary>Milliseconds of being ready after which earlier failures no longer count.</summary>
    private const long StableAfter = 10_000;

    private readonly byte[] _notification = new byte[4096];
    private readonly List<Microsoft.Win32.SafeHandles.SafeFileHandle> _notificationDescriptors = [];
    private bool _announced;

    /// <summary>The front comes last, so that a caller never meets a service that is not ready.</summary>
    private void StartServices()
    {
        foreach (SupervisedService service in _services)
        {
            if (service.Service != Service.Front)
            {
                Apply(service, ServiceSignal.Start);
            }
        }
    }

    private void Apply(SupervisedService service, ServiceSignal signal, int exitCode = 0)
    {
        (service.State, ServiceAction action) = ServiceMachine.Next(service.State, signal);
        switch (action)
        {
            case ServiceAction.None:
                break;
            case ServiceAction.Spawn:
                SpawnService(service);
                break;
            case ServiceAction.Announce:
                Announce(service);
                break;
            case ServiceAction.WaitToRetry:
                service.RetryAt = Clock.Monotonic + (long)Restarting.After(service.Failures).TotalMilliseconds;
                break;
            case ServiceAction.AskToStop:
                AskToStop(service);
                break;
            case ServiceAction.Finish:
                service.RetryAt = long.MaxValue;
                break;
            case ServiceAction.FailSystem:
                GiveUpStarting(exitCode);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(signal), action, "no such action");
        }
    }

    private void SpawnService(SupervisedService service)
    {
        List<byte[]> arguments = [Encoding.UTF8.GetBytes(Path.Combine(_programDirectory, service.Service.Program()))];
        arguments.AddRange(_options.ToArguments().Select(Encoding.UTF8.GetBytes));
        List<byte[]> environment = ServiceEnvironment.For(
            service.Service, _environment, _options.Paths.Notify, [.. service.Sockets.Select(socket => socket.Name)], SpawnPlan.ListenPidPlaceholder);
        int[] sources = [1, 2, .. service.Sockets.Select(socket => (int)socket.Handle.DangerousGetHandle())];
        int[] targets = [1, 2, .. Enumerable.Range(3, service.Sockets.Count)];

        service.StartedAt = Clock.Monotonic;
        service.StatusText = "";
        SpawnResult result = Start(new SpawnPlan(arguments, environment, null, sources, targets, LeadsSession: true), pid =>
        {
            service.Pid = pid;
            service.NewestPid = pid;
            service.PidFd = PidFd.TryOpen(pid);
        });
        if (result.Pid == 0)
        {
            service.Failures++;
            NoteNotStarted(service, result);
            Apply(service, ServiceSignal.Ended);
        }
    }

    private void NoteNotStarted(SupervisedService service, in SpawnResult result)
    {
        string stage = SpawnStages.Name(result.Stage);
        if (service.Service == Service.Worktree && _step == StopStep.Save)
        {
            // There is no other attempt: what was written since the last snapshot is lost.
            InitLog.WorktreeNotStarted(stage, Errno.Describe(result.Errno));
            _exitCode = ExitCodes.System;
            return;
        }

        InitLog.ServiceNotStarted(service.Name, stage, Errno.Describe(result.Errno), Restarting.After(service.Failures));
    }

    /// <summary>Starts a process and has its pid written down before it can be reaped, and after every earlier owner of the pid has been dealt with.</summary>
    private SpawnResult Start(SpawnPlan plan, Action<int> register)
    {
        SpawnResult result;
        lock (_reaper.Gate)
        {
            TakeEnded();
            result = _spawner.Start(plan);
            if (result.Pid > 0)
            {
                register(result.Pid);
            }
        }

        _reaper.Wake();
        return result;
    }

    private void Announce(SupervisedService service)
    {
        service.ReadyAt = Clock.Monotonic;
        if (service.EverReady)
        {
            service.Restarts++;
            InitLog.ServiceBack(service.Name, service.Pid, service.Restarts);
        }

        service.EverReady = true;
        if (_step != StopStep.NotStopping)
        {
            return;
        }

        if (_services.All(one => one.Service == Service.Front || one.EverReady))
        {
            Apply(Get(Service.Front), ServiceSignal.Start);
        }

        if (!_announced && _services.All(one => one.EverReady))
        {
            _announced = true;
            InitLog.Ready(_options.Host, _options.Port, _options.MountPoint);
        }
    }

    private void ServiceEnded(SupervisedService service, in ReapedProcess ended)
    {
        service.Pid = 0;
        service.PidFd?.Dispose();
        service.PidFd = null;
        if (service.State == ServiceState.Stopping)
        {
            NoteStopped(service, ended.Status);
            Apply(service, ServiceSignal.Ended);
            return;
        }

        bool refused = !service.EverReady && ended.Status.Code is ExitCodes.Usage or ExitCodes.System;
        bool wasStable = service.State == ServiceState.Ready && Clock.Monotonic - service.ReadyAt >= StableAfter;
        service.Failures = wasStable ? 1 : service.Failures + 1;
        if (!refused)
        {
            InitLog.ServiceEnded(service.Name, ended.Pid, ended.Status, Restarting.After(service.Failures));
        }

        Apply(service, refused ? ServiceSignal.Refused : ServiceSignal.Ended, ended.Status.Code.GetValueOrDefault());
    }

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
            SupervisedService? service = Array.Find(_services, one => one.Pid != 0 && one.Pid == received.Sender.Pid);
            if (service is null)
            {
                // The last words of an instance that has been reaped meanwhile are nothing strange.
                if (!Array.Exists(_services, one => one.NewestPid == received.Sender.Pid))
                {
                    InitLog.StrangeNotify(received.Sender.Pid);
                }

                continue;
            }

            NotifyMessage message = NotifyMessage.Parse(_notification.AsSpan(0, received.Length));
            service.StatusText = message.Status ?? service.StatusText;
            if (message.Ready)
            {
                Apply(service, ServiceSignal.Ready);
            }
        }
    }
}
