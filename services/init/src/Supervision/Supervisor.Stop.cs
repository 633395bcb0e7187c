using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>
/// The stop: front takes nothing new, tasks and processes end, the save, front leaves, whatever is left. Front stays so long
/// because callers are told through it how their tasks ended.
/// </summary>
internal sealed partial class Supervisor
{
    /// <summary>Between two looks at the process table while killed processes vanish, in milliseconds.</summary>
    private const long LookAgain = 10;

    private StopStep _step;
    private int _exitCode;
    private bool _hurried;
    private bool _quiet;
    private long _stopBegan;
    private long _stepBegan;

    /// <summary>Nothing is said of this stop: the service that cannot start has said why, in one line.</summary>
    private void GiveUpStarting(int exitCode)
    {
        _quiet = true;
        BeginStop("a service cannot start", exitCode);
    }

    private void BeginStop(string why, int exitCode)
    {
        if (_step != StopStep.NotStopping)
        {
            return;
        }

        if (!_quiet)
        {
            InitLog.Stopping(why, _options.StopTimeout);
        }

        _exitCode = exitCode;
        _stopBegan = Clock.Monotonic;
        _ownSupervisor.Say("STOPPING=1");
        Enter(StopStep.Front);
    }

    private void Enter(StopStep step)
    {
        _step = step;
        _stepBegan = Clock.Monotonic;
        switch (step)
        {
            case StopStep.Front or StopStep.Save or StopStep.Drain when _options.ExternalServices:
                break;
            case StopStep.Work when _options.ExternalServices:
                StopExternal();
                break;
            case StopStep.Front:
                CloseSockets(Service.Front);
                Stop(Service.Front);
                break;
            case StopStep.Work:
                SayStep($"ending tasks and processes ({_children.LivingCount} run)");
                Stop(Service.Exec);
                Stop(Service.Process);
                break;
            case StopStep.Sweep:
                CloseSockets(Service.Exec);
                CloseSockets(Service.Process);
                break;
            case StopStep.Save:
                // The worktree is in memory that outlives its service: one that is down is started once more to save it.
                if (Get(Service.Worktree) is { EverReady: true, State: ServiceState.BackingOff or ServiceState.Failed } worktree)
                {
                    Apply(worktree, ServiceSignal.Restart);
                }

                if (_options.MountPoint is not null && Get(Service.Worktree).Pid != 0)
                {
                    SayStep("saving the worktree");
                }

                Stop(Service.Worktree);
                break;
            case StopStep.Drain:
                CloseSockets(Service.Worktree);
                if (Runs(Service.Front))
                {
                    SayStep("letting callers take their last answers");
                }

                break;
            case StopStep.Leftovers:
                break;
            case StopStep.Done:
                SayStep($"done in {Clock.Monotonic - _stopBegan} ms");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "cannot be entered");
        }
    }

    private void SayStep(string text)
    {
        if (!_quiet)
        {
            InitLog.Step(text);
        }
    }

    /// <summary>
    /// The service is not started again: who connects is refused, and who waits in the backlog is told, in place of waiting
    /// until this process ends. What has been accepted is not touched.
    /// </summary>
    private void CloseSockets(Service service)
    {
        foreach (ListeningDescriptor socket in Get(service).Sockets)
        {
            socket.Handle.Dispose();
        }
    }

    private void Stop(Service service)
    {
        SupervisedService one = Get(service);
        Conclude(one, new Fault(FaultKind.Unavailable, "the system stops"));
        Apply(one, ServiceSignal.Stop);
        one.Retired.ForEach(retired => Send(retired, Signals.SIGTERM));
        if (one is { State: ServiceState.Stopping, Successor: { } successor })
        {
            Send(successor, Signals.SIGKILL); // it owns nothing, and has nothing to save
        }

        if (one.Pid == 0)
        {
            TerminateChildren(one);
        }
    }

    /// <summary>Front drains on SIGTERM; the others are told how long they have, over their line.</summary>
    private void AskToStop(SupervisedService service)
    {
        service.StopPending = false;
        if (service.Service != Service.Front && service.Line is { } line)
        {
            long left = Deadline() - Clock.Monotonic;
            Reply(line, 0, new StopRequested((int)Math.Max(0, left * 9 / 10)));
        }
        else if (service.Service == Service.Worktree && service.EverReady)
        {
            // It is just coming back: it is told when it connects.
            service.StopPending = true;
        }
        else
        {
            Send(service.Current!, Signals.SIGTERM);
        }
    }

    /// <summary>A service has ended as asked.</summary>
    private void NoteStopped(SupervisedService service, ExitStatus status)
    {
        TerminateChildren(service);
        if (!status.Succeeded && service.EverReady)
        {
            InitLog.Step($"{service.Name} ended with {status}");
            if (service.Service == Service.Worktree)
            {
                _exitCode = ExitCodes.System;
            }
        }
    }

    /// <summary>What a service leaves behind is asked to end, so that it has a chance before it is killed.</summary>
    private void TerminateChildren(SupervisedService service)
    {
        // By their numbers: while a signal is sent, ends are taken, and a record may become nobody's.
        foreach (ulong id in _children.Living(service.Service).Select(child => child.Id).ToArray())
        {
            if (_children.TryGet(id, out ChildRecord? child))
            {
                _ = Send(child, Signals.SIGTERM, scope: 2);
            }
        }
    }

    private long Deadline() => _plan.Deadline(_step, _stopBegan, _stepBegan, _hurried);

    private long StopDue() => _step switch
    {
        StopStep.NotStopping => long.MaxValue,
        StopStep.Sweep or StopStep.Leftovers => Math.Min(Deadline(), Clock.Monotonic + LookAgain),
        _ => Deadline(),
    };

    /// <summary>Goes on to the next step when this one is done or its time is over.</summary>
    private void AdvanceStop()
    {
        while (_step is not (StopStep.NotStopping or StopStep.Done))
        {
            bool late = Clock.Monotonic >= Deadline();
            if (!IsStepDone() && !late)
            {
                return;
            }

            if (late)
            {
                KillLate();
            }

            Enter(StopPlan.After(_step));
        }
    }

    private bool IsStepDone() => _step switch
    {
        StopStep.Work => !Runs(Service.Exec) && !Runs(Service.Process) && _children.LivingCount == 0,
        StopStep.Sweep => KillDescendants([.. _instances.Where(one => one.Service.Service is Service.Front or Service.Worktree).Select(one => one.Pid)]) == 0,
        StopStep.Save => !Runs(Service.Worktree),
        StopStep.Drain => !Runs(Service.Front),
        StopStep.Leftovers => KillDescendants([]) == 0,
        _ => true,
    };

    private bool Runs(Service service) => !_options.ExternalServices && Get(service).Instances.Any();

    private void KillLate()
    {
        Service[] late = _step switch
        {
            StopStep.Work => [Service.Exec, Service.Process],
            StopStep.Save => [Service.Worktree],
            StopStep.Drain => [Service.Front],
            _ => [],
        };
        foreach (ServiceInstance instance in late.Where(Runs).SelectMany(service => Get(service).Instances))
        {
            SupervisedService service = instance.Service;
            InitLog.Killed($"{service.Name}, which did not stop in time");
            Send(instance, Signals.SIGKILL);
            if (service.Service == Service.Worktree && instance == service.Current && _options.MountPoint is not null)
            {
                InitLog.Step("the last save is cut off: the snapshot before it stands; a longer --stop-timeout gives it time");
                _exitCode = ExitCodes.System;
            }
        }
    }

    /// <summary>Kills every descendant but those trees.</summary>
    /// <returns>How many there were.</returns>
    private int KillDescendants(int[] except)
    {
        Look();
        ReadOnlySpan<ProcessStat> found = _trees.Table.Descendants(Environment.ProcessId, except);
        _trees.Send(found, Signals.SIGKILL);
        return found.Length;
    }
}
