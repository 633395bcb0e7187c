using System.Text;
using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Processes;

namespace PvExec.Init.Supervision;

/// <summary>The four services: start, readiness, restart.</summary>
internal sealed partial class Supervisor
{
    /// <summary>The first wait is hardly noticed; the last one keeps a service that crashes at once from using up a core.</summary>
    private static readonly Backoff Restarting = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    /// <summary>Stored descriptors that are passed at a start.</summary>
    private const int MaxPassed = 200;

    private bool _announced;

    /// <summary>The front comes last, so that a caller never meets a service that is not ready.</summary>
    private void StartServices()
    {
        _poll.Add(_sockets.Notify!.Handle, NotifyToken, PollEvents.Readable);
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
            case ServiceAction.None or ServiceAction.Refuse: // who asked is told by whoever took the request
                break;
            case ServiceAction.Spawn:
                SpawnService(service);
                break;
            case ServiceAction.SpawnSuccessor:
                SpawnSuccessor(service);
                break;
            case ServiceAction.AskToHandOver:
                AskToHandOver(service);
                break;
            case ServiceAction.Promote:
                Promote(service);
                break;
            case ServiceAction.KeepCurrent:
                service.LateAt = long.MaxValue;
                break;
            case ServiceAction.AbandonBoth:
                AbandonBoth(service);
                break;
            case ServiceAction.KillCurrent:
                KillLate(service.Current);
                break;
            case ServiceAction.AbortCurrent:
                AbortLate(service.Current);
                break;
            case ServiceAction.AbortSuccessor:
                AbortLate(service.Successor);
                break;
            case ServiceAction.Announce:
                Announce(service);
                break;
            case ServiceAction.WaitToRetry:
                service.RetryAt = Clock.Monotonic + (long)Restarting.After(service.Crashes.BackOff).TotalMilliseconds;
                break;
            case ServiceAction.GiveUp:
                GiveUp(service);
                break;
            case ServiceAction.AskToStop:
                AskToStop(service);
                break;
            case ServiceAction.StopLater:
                service.StopPending = true;
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
        service.RetryAt = long.MaxValue;
        service.Current = TrySpawn(service, service.Store.All, out SpawnResult result);
        service.LateAt = service.Current is null ? long.MaxValue : StartDue();
        if (service.Current is null)
        {
            service.Crashes = _crashRule.After(service.Crashes, readyFor: 0);
            NoteNotStarted(service, result);
            Conclude(service, new Fault(FaultKind.Internal, $"{service.Name} could not be started: {Describe(result)}: it is tried again"));
            Apply(service, EndSignal(service));
        }
    }

    /// <summary>Starts a process of the service, with its listening sockets and behind them what is stored for it.</summary>
    private ServiceInstance? TrySpawn(SupervisedService service, IReadOnlyList<StoredDescriptor> stored, out SpawnResult result)
    {
        // The rest follows by Stored messages: an environment variable and a start hold only so many.
        StoredDescriptor[] passed = [.. stored.Take(MaxPassed)];
        List<byte[]> arguments = [Encoding.UTF8.GetBytes(Path.Combine(_programDirectory, service.Service.Program()))];
        arguments.AddRange(_options.ToArguments().Select(Encoding.UTF8.GetBytes));
        List<byte[]> environment = ServiceEnvironment.For(
            service.Service,
            _environment,
            _options.Paths.Notify,
            [.. service.Sockets.Select(socket => socket.Name), .. passed.Select(one => one.Name)],
            SpawnPlan.ListenPidPlaceholder,
            _options.Watchdog,
            _options.NamesGivenByVariables);
        int[] sources = [1, 2, .. service.Sockets.Select(socket => (int)socket.Handle.DangerousGetHandle()), .. passed.Select(one => one.Descriptor)];
        int[] targets = [1, 2, .. Enumerable.Range(3, service.Sockets.Count + passed.Length)];

        ServiceInstance? instance = null;
        result = Start(
            new SpawnPlan(arguments, environment, null, sources, targets, LeadsSession: true),
            pid => _instances.Add(instance = new ServiceInstance(service, pid, PidFd.TryOpen(pid))));
        if (instance is not null)
        {
            instance.StorePassed = passed.LastOrDefault()?.Number ?? 0;
            instance.WatchdogInterval = (long)_options.Watchdog.TotalMilliseconds;
        }

        return instance;
    }

    private static string Describe(in SpawnResult result) => $"{SpawnStages.Name(result.Stage)}: {Errno.Describe(result.Errno)}";

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

        InitLog.ServiceNotStarted(service.Name, stage, Errno.Describe(result.Errno), Restarting.After(service.Crashes.BackOff));
    }

    /// <summary>Starts a process and has its pid written down, before anybody is reaped.</summary>
    private SpawnResult Start(SpawnPlan plan, Action<int> register)
    {
        SpawnResult result = _spawner.Start(plan);
        if (result.Pid > 0)
        {
            register(result.Pid);
        }

        return result;
    }

    private void Announce(SupervisedService service)
    {
        service.LateAt = long.MaxValue;
        service.HandedOver.Dispose();
        service.HandedOver = HandedOverState.Nothing;
        int pid = service.Pid;
        if (service.EverReady)
        {
            service.Restarts++;
            if (service.Replaced != 0)
            {
                InitLog.ServiceReplaced(service.Name, service.Replaced, pid, service.Restarts);
            }
            else if (service.Restart is not null)
            {
                InitLog.ServiceRestarted(service.Name, pid, service.Restarts);
            }
            else
            {
                InitLog.ServiceBack(service.Name, pid, service.Restarts);
            }
        }

        service.Replaced = 0;
        service.EverReady = true;
        Conclude(service, null);
        if (_step != StopStep.NotStopping)
        {
            return;
        }

        StartFront();
        if (!_announced && _services.All(one => one.EverReady))
        {
            _announced = true;
            InitLog.Ready(_options.Host, _options.Port, _options.MountPoint);
        }
    }

    /// <summary>Once the others are ready. One that was given up holds nobody back: what the rest can do is done.</summary>
    private void StartFront()
    {
        if (_services.All(one => one.Service == Service.Front || one.EverReady || one.State == ServiceState.Failed))
        {
            Apply(Get(Service.Front), ServiceSignal.Start);
        }
    }

    private ServiceSignal EndSignal(SupervisedService service) => _crashRule.IsExhausted(service.Crashes) ? ServiceSignal.Exhausted : ServiceSignal.Ended;

    private void GiveUp(SupervisedService service)
    {
        InitLog.ServiceGivenUp(service.Name, service.Crashes.Unproven);
        if (_options.ExitOnFailed.Contains(service.Name))
        {
            BeginStop($"{service.Name} has failed", ExitCodes.Failure);
        }
        else if (_step == StopStep.NotStopping)
        {
            StartFront();
        }
    }
}
