using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>Signals to pv-init itself.</summary>
internal sealed partial class Supervisor
{
    private readonly bool _onTerminal = ControllingTerminal.MayHangUp();

    /// <summary>Those that SIGHUP asked for and that wait for their turn.</summary>
    private readonly Queue<Service> _toRestart = [];

    /// <summary>The last one of them whose turn it was.</summary>
    private SupervisedService? _restarting;

    private int _stopSignals;

    private void TakeSignals()
    {
        while (_signals.TryTake() is var number && number != 0)
        {
            switch (SignalRequests.Of(number, _onTerminal))
            {
                case SignalRequest.Stop:
                    StopBySignal(number);
                    break;
                case SignalRequest.StopHurried:
                    _hurried = true;
                    StopBySignal(number);
                    break;
                case SignalRequest.RestartAll:
                    RestartAll();
                    break;
                case SignalRequest.Status:
                    SayStatus();
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(number), number, "no such request");
            }
        }
    }

    private void StopBySignal(int number)
    {
        switch (++_stopSignals)
        {
            case 1:
                BeginStop($"signal {number}", ExitCodes.Success);
                break;
            case 2:
                InitLog.Step("asked again: only the save still gets time");
                _hurried = true;
                break;
            default:
                InitLog.Step("asked a third time: leaving at once, without waiting for the save");
                _exitCode = ExitCodes.System;
                KillDescendants([]);
                _step = StopStep.Done;
                break;
        }
    }

    /// <summary>One after the other, the front last: callers come through it.</summary>
    private void RestartAll()
    {
        foreach (Service service in Services.All.Where(one => one != Service.Front).Append(Service.Front))
        {
            if (!_toRestart.Contains(service))
            {
                _toRestart.Enqueue(service);
            }
        }

        RestartNext();
    }

    private void RestartNext()
    {
        while (_restarting?.Restart is null && _toRestart.TryDequeue(out Service service))
        {
            _restarting = Get(service);
            if (TryRestart(_restarting, new RestartRequest(null, 0, 0)) is { } fault)
            {
                InitLog.NotRestarted(_restarting.Name, fault.Detail);
            }
        }
    }

    private void SayStatus()
    {
        foreach (ServiceStatus one in List().Services)
        {
            InitLog.Status(one);
        }

        InitLog.Children(_children.LivingCount, _children.EndedCount);
    }
}
