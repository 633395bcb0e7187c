using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>A new instance in the place of one that runs (docs/init-protocol.md).</summary>
internal sealed partial class Supervisor
{
    /// <summary>Milliseconds for the one that runs to hand over; nobody decides meanwhile.</summary>
    private const int HandOverTime = 10_000;

    private void Restart(Line line, in InitPacket packet)
    {
        if (!packet.TryRead(out RestartService request))
        {
            Malformed(line, "a RestartService message that cannot be read");
            return;
        }

        Fault? fault = Services.Parse(request.Service) is { } service
            ? TryRestart(Get(service), new RestartRequest(line, line.Token, packet.Correlation))
            : new Fault(FaultKind.InvalidArgument, $"'{request.Service}' is no service: {string.Join(", ", Services.All.Select(one => one.Name()))}");
        if (fault is not null)
        {
            Reply(line, packet.Correlation, new Failed((int)fault.Kind, fault.Detail));
        }
    }

    /// <returns>Why it is refused, or null: then <see cref="Conclude"/> answers it.</returns>
    private Fault? TryRestart(SupervisedService service, RestartRequest request)
    {
        if (_step != StopStep.NotStopping)
        {
            return new Fault(FaultKind.Unavailable, "the system stops: nothing is started any more");
        }

        if (_options.ExternalServices)
        {
            return new Fault(FaultKind.FailedPrecondition, $"this pv-init does not run {service.Name}: ask its supervisor, such as 'systemctl restart pv-{service.Name}'");
        }

        if (service.Restart is not null || ServiceMachine.Next(service.State, ServiceSignal.Restart).Action == ServiceAction.Refuse)
        {
            return new Fault(FaultKind.FailedPrecondition, service.State == ServiceState.Stopped
                ? $"{service.Name} has not been started yet: it follows when the others are ready"
                : $"a restart of {service.Name} is under way ({service.State.Name()}): wait for it");
        }

        if (service.Retired.Count >= SupervisedService.MaxRetired)
        {
            return new Fault(FaultKind.FailedPrecondition, $"{service.Retired.Count} earlier instances of {service.Name} still answer calls: wait until one has left");
        }

        service.Restart = request;
        if (service.State == ServiceState.Failed)
        {
            service.Crashes = default;
        }

        Apply(service, ServiceSignal.Restart);
        return null;
    }

    /// <summary>Answers who asked for a restart, if anybody did.</summary>
    /// <param name="fault">Null when the new instance is ready.</param>
    private void Conclude(SupervisedService service, Fault? fault)
    {
        RestartRequest? request = service.Restart;
        service.Restart = null;
        if (request?.Line is { } line)
        {
            // Its object may be another caller's line by now.
            if (line.Token == request.Token && fault is null)
            {
                Reply(line, request.Correlation, new Done());
            }
            else if (line.Token == request.Token)
            {
                Reply(line, request.Correlation, new Failed((int)fault!.Kind, fault.Detail));
            }
        }
        else if (request is not null && fault is not null)
        {
            InitLog.NotRestarted(service.Name, fault.Detail);
        }
    }

    private void SpawnSuccessor(SupervisedService service)
    {
        service.LateAt = StartDue();
        service.Successor = TrySpawn(service, [], out SpawnResult result);
        if (service.Successor is null)
        {
            Conclude(service, new Fault(FaultKind.Internal, $"a new instance of {service.Name} could not be started: {Describe(result)}: the one that runs goes on"));
            Apply(service, ServiceSignal.SuccessorEnded);
        }
    }

    private void TakeOver(Line line, in InitPacket packet)
    {
        ServiceInstance? instance = line.Instance;
        SupervisedService? service = instance?.Service;
        if (instance is { IsLate: true })
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.DeadlineExceeded, "the time to get ready is over: the instance that runs goes on"));
            return;
        }

        if (instance is null || instance.TakeOver is not null || instance.Owns || (instance != service!.Successor && instance != service.Current))
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.FailedPrecondition, "only an instance that waits on standby may take over, and once"));
            return;
        }

        instance.TakeOver = packet.Correlation;
        if (instance == service.Current)
        {
            // The one before it ended in the meantime.
            GrantTakeOver(service);
        }
        else
        {
            Apply(service, ServiceSignal.TakeOver);
        }
    }

    private void AskToHandOver(SupervisedService service)
    {
        service.LateAt = Clock.Monotonic + HandOverTime;
        if (service.Line is { } line)
        {
            Reply(line, 0, new HandOverRequested(HandOverTime));
        }
        else
        {
            // It has closed its line: it hears nothing, and what it owns would be lost to the new one if it went on.
            Send(service.Current!, Signals.SIGKILL);
        }
    }

    private void HandedOver(Line line, in InitPacket packet)
    {
        if (!packet.TryRead(out HandedOver message) || message.Names.Count != _receiver.Descriptors.Count || message.Names.Count > InitProtocol.MaxDescriptors)
        {
            Malformed(line, "a HandedOver message that cannot be read");
        }
        else if (line.Service is { State: ServiceState.HandingOver } service)
        {
            service.HandedOver = new HandedOverState(message.Names, TakeDescriptors());
            Apply(service, ServiceSignal.HandedOver);
        }
        else
        {
            Malformed(line, "a HandedOver message that nobody asked for");
        }
    }

    private int[] TakeDescriptors()
    {
        var numbers = new int[_receiver.Descriptors.Count];
        _receiver.Descriptors.Take(0, numbers);
        return numbers;
    }

    private void Promote(SupervisedService service)
    {
        if (service.Current is { } earlier)
        {
            service.Retired.Add(earlier);
            service.Replaced = earlier.Pid;
        }

        service.Current = service.Successor;
        service.Successor = null;
        service.LateAt = StartDue();
        if (service.Current!.TakeOver is not null)
        {
            GrantTakeOver(service);
        }
    }

    /// <summary>Gives the service's new instance all that is its own, as the answer to its TakeOver.</summary>
    private void GrantTakeOver(SupervisedService service)
    {
        ServiceInstance instance = service.Current!;
        ulong correlation = instance.TakeOver.GetValueOrDefault();
        instance.TakeOver = null;
        if (instance.Line is { } line)
        {
            TellOwned(line, instance);
            Reply(line, correlation, new TookOver(service.HandedOver.Names), service.HandedOver.Descriptors);
        }

        if (service.StopPending)
        {
            service.StopPending = false;
            Apply(service, ServiceSignal.Stop);
        }
    }

    private void AbandonBoth(SupervisedService service)
    {
        service.LateAt = long.MaxValue;
        Send(service.Current!, Signals.SIGKILL);
        if (service.StopPending)
        {
            service.StopPending = false;
            Apply(service, ServiceSignal.Stop);
        }
    }

    private void KillLate(ServiceInstance? instance)
    {
        if (instance is not null)
        {
            InitLog.ReplacementLate(instance.Service.Name, instance.Pid, instance.Service.State.Name());
            Send(instance, Signals.SIGKILL);
        }
    }
}
