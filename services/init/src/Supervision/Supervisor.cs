using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Events;
using PvExec.Linux.Processes;

namespace PvExec.Init.Supervision;

/// <summary>
/// The event loop. Its thread owns all state, and starts, signals and reaps processes; signals that ask for something come through a
/// pipe, that of a child's end through a descriptor. Split by what it deals with: services, their instances, their
/// replacement and notifications, lines (connections), children, the stop.
/// </summary>
internal sealed partial class Supervisor
{
    private const long InitToken = 1, NotifyToken = 2, ReaperToken = 3, SignalToken = 4, FirstLineToken = 16;

    private readonly DaemonOptions _options;
    private readonly ListenSet _sockets;
    private readonly Reaper _reaper;
    private readonly CaughtSignals _signals;
    private readonly IReadOnlyList<byte[]> _environment;
    private readonly string _programDirectory;
    private readonly ChildDefaults _childDefaults;
    private readonly EventPoll _poll = new();
    private readonly ChildCgroups? _cgroups;
    private readonly Spawner _spawner;
    private readonly ChildRegistry _children;
    private readonly MessageSender _sender = new();
    private readonly PacketReader _receiver = new();
    private readonly SupervisedService[] _services;
    private readonly StopPlan _plan;
    private readonly CrashRule _crashRule;
    private readonly long _startedAt = Clock.Monotonic;

    /// <param name="options">With the port that the front really has.</param>
    /// <param name="environment">pv-init's own, as <c>NAME=value</c>.</param>
    /// <param name="programDirectory">Where the services' programs are.</param>
    /// <param name="childDefaults">What the services' children get that ask for nothing.</param>
    /// <param name="cgroups">Null where there are none.</param>
    public Supervisor(
        DaemonOptions options,
        ListenSet sockets,
        Reaper reaper,
        CaughtSignals signals,
        IReadOnlyList<byte[]> environment,
        string programDirectory,
        ChildDefaults childDefaults,
        ChildCgroups? cgroups)
    {
        _options = options;
        _sockets = sockets;
        _reaper = reaper;
        _signals = signals;
        _environment = environment;
        _programDirectory = programDirectory;
        _childDefaults = childDefaults;
        _children = new ChildRegistry(options.KeptExits);
        _cgroups = cgroups;
        _spawner = new Spawner(childDefaults, cgroups?.Services ?? -1);
        _plan = new StopPlan((long)options.StopTimeout.TotalMilliseconds);
        _crashRule = new CrashRule(options.RestartLimit);

        // All stores together leave half of the descriptors to the children.
        int storeRoom = (int)Math.Min((ulong)DescriptorStore.MaxCount, DescriptorLimit.Current.Soft / 8);
        _services = [.. Services.All.Select(service => new SupervisedService(service, sockets.For(service), storeRoom))];
    }

    /// <summary>Starts the services and runs until all is stopped.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        _poll.Add(_sockets.Init.Handle, InitToken, PollEvents.Readable);
        _poll.Add(_reaper.Handle, ReaperToken, PollEvents.Readable);
        _poll.Add(_signals.Handle, SignalToken, PollEvents.Readable);
        Guard(_options.ExternalServices ? AwaitServices : StartServices);

        var ready = new (long Token, PollEvents Events)[64];
        Action onTime = OnTime, onIdle = OnIdle; // made once: a turn of the loop allocates nothing
        while (_step != StopStep.Done)
        {
            long due = Due();
            bool canWait = _cgroups is not { HasWork: true };
            int count = _poll.Wait(ready, !canWait ? 0 : due == long.MaxValue ? -1 : (int)Math.Clamp(due - Clock.Monotonic, 0, int.MaxValue));
            if (count == 0 && !canWait)
            {
                Guard(onIdle);
            }

            if (Clock.Monotonic is var now && WatchdogRule.WasHeldUp(due, now))
            {
                ForgiveSilence(now - due);
            }

            for (int i = 0; i < count; i++)
            {
                (long token, PollEvents events) = ready[i];
                try
                {
                    Dispatch(token, events);
                }
                catch (Exception e)
                {
                    // PID 1 must not end by a bug in one request: say it and go on.
                    InitLog.Unexpected(e);
                    Abandon(token);
                }
            }

            Guard(onTime);
        }

        return _exitCode;
    }

    private static void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            // As in the loop above.
            InitLog.Unexpected(e);
        }
    }

    private void Dispatch(long token, PollEvents events)
    {
        switch (token)
        {
            case InitToken:
                AcceptLines();
                break;
            case NotifyToken:
                ReadNotifications();
                break;
            case ReaperToken:
                _reaper.Settle();
                TakeEnded();
                break;
            case SignalToken:
                TakeSignals();
                break;
            default:
                ServeLine(token, events);
                break;
        }
    }

    /// <summary>What can wait until nothing else is to be done.</summary>
    private void OnIdle()
    {
        _cgroups!.DoWork();
        if (_cgroups.HasLingering)
        {
            // A group can look inhabited for a moment after its last process has been reaped, and no orphan ends then.
            _releaseAgainAt = Math.Min(_releaseAgainAt, Clock.Monotonic + ReleaseAgain);
        }
    }

    /// <summary>What is due by the clock.</summary>
    private void OnTime()
    {
        if (_areMoreEnded)
        {
            TakeEnded();
        }

        DealWithEnds();
        long now = Clock.Monotonic;
        foreach (SupervisedService service in _services)
        {
            if (service.RetryAt <= now)
            {
                service.RetryAt = long.MaxValue;
                Apply(service, ServiceSignal.Retry);
            }

            if (service.LateAt <= now)
            {
                service.LateAt = long.MaxValue;
                Apply(service, ServiceSignal.Late);
            }
        }

        if (_acceptAt <= now)
        {
            AcceptAgain();
        }

        if (_releaseAgainAt <= now)
        {
            _releaseAgainAt = long.MaxValue;
            _cgroups?.ReleaseLingering();
        }

        if (_cgroups is { } cgroups && cgroups.TrimDue <= now)
        {
            cgroups.Trim();
        }

        CheckWatchdogs(now);
        RestartNext();
        AdvanceStop();
    }

    /// <summary>When something is due at the latest; <see cref="long.MaxValue"/> for never.</summary>
    private long Due()
    {
        if (_endedInstances.Count > 0 || _areMoreEnded)
        {
            return Clock.Monotonic;
        }

        long due = Math.Min(Math.Min(StopDue(), _acceptAt), Math.Min(WatchdogDue(), Math.Min(_releaseAgainAt, _cgroups?.TrimDue ?? long.MaxValue)));
        foreach (SupervisedService service in _services)
        {
            due = Math.Min(due, Math.Min(service.RetryAt, service.LateAt));
        }

        return due;
    }

    private SupervisedService Get(Service service) => _services[(int)service];
}
