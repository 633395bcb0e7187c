using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Ports;
using PvExec.Processes.Core.Specs;
using PvExec.Processes.Proxy;

namespace PvExec.Processes.Engine;

/// <summary>
/// Keeps one name: its specification, its process, its port. Calls hold <see cref="Gate"/> one after the other, across
/// waiting; ports and exits come at any time and take only the lock, which is never held while waiting.
/// </summary>
internal sealed partial class Keeper(string name, ProcessWorld world) : IDisposable
{
    // Guards the fields below it. Never held across an await; the watcher's lock may be taken inside, never the other way round.
    private readonly Lock _lock = new();
    private ProcessPhase _phase = ProcessPhase.NotRunning;
    private long _phaseSince;
    private ProcessSpec? _spec;
    private Run? _run;
    private PortSet _ports = PortSet.Empty;
    private ProcessEnd? _end;
    private ExposedPort? _exposed;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Used by whoever holds the gate, or has seen the mandate end.
    private ulong _generation;

    /// <summary>A start that an earlier instance had begun is gone on with. The gate is held.</summary>
    private bool _isResuming;

    public string Name => name;

    /// <summary>One call at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Read and set by whoever holds the gate: another keeper is to be made for the name.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Read and set by whoever holds the gate: what the call is to do has begun, and the next instance would go on with it.</summary>
    public bool IsHalfDone { get; set; }

    /// <summary>It ran under a pv-init that is gone, and has not been started since. Set by whoever holds the gate.</summary>
    public bool IsOfEarlierInit { get; private set; }

    /// <summary>How that ended which an earlier instance had begun, null when it was left to the next; set before any call.</summary>
    public Task<Outcome<Unit>?> Resumed { get; set; } = Task.FromResult<Outcome<Unit>?>(Unit.Value);

    public ProcessPhase Phase
    {
        get
        {
            lock (_lock)
            {
                return _phase;
            }
        }
    }

    public ProcessState State => ProcessMachine.Reported(Phase);

    /// <summary>The port that the process listens on, or 0.</summary>
    public int Port
    {
        get
        {
            lock (_lock)
            {
                return _ports.Port;
            }
        }
    }

    /// <summary>What runs now, or null.</summary>
    public Child? Living
    {
        get
        {
            lock (_lock)
            {
                return _run is { HasEnded: false } run ? run.Child : null;
            }
        }
    }

    /// <summary>Why the configured port does not lead to the process; empty otherwise.</summary>
    public string PortProblem
    {
        get
        {
            lock (_lock)
            {
                return _exposed?.Problem ?? "";
            }
        }
    }

    /// <summary>All of it at one moment; null when the name is not configured.</summary>
    public ProcessView? View()
    {
        lock (_lock)
        {
            return _spec is null || _phase == ProcessPhase.NotRunning
                ? null
                : new ProcessView(_phase, _spec, _run is { HasEnded: false } run ? run.Child : null, _ports.Port, _exposed?.Problem ?? "", _end);
        }
    }

    /// <summary>Waits until phase and port are as wanted.</summary>
    public async Task UntilAsync(Func<ProcessState, int, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (wanted(ProcessMachine.Reported(_phase), _ports.Port))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _exposed?.Hide();
        }

        Gate.Dispose();
    }

    /// <summary>Moves the machine and does what needs no waiting.</summary>
    private ProcessAction Signal(ProcessSignal signal)
    {
        lock (_lock)
        {
            (ProcessPhase next, ProcessAction action) = ProcessMachine.Next(_phase, signal);
            if (next != _phase)
            {
                _phaseSince = world.Clock.GetTimestamp();
                _phase = next;
            }

            switch (action)
            {
                case ProcessAction.Expose:
                    _exposed?.Expose(ProxyTarget.For(_spec!.ListeningPort, _ports));
                    break;
                case ProcessAction.Hold:
                    _exposed?.Hold();
                    break;
                case ProcessAction.Hide or ProcessAction.EndTreeAndHide or ProcessAction.Forget:
                    _exposed?.Hide();
                    break;
                case ProcessAction.None or ProcessAction.Refuse or ProcessAction.Spawn:
                    break;
                default:
                    throw new InvalidOperationException($"no step for {action}");
            }

            NotifyChange();
            return action;
        }
    }

    // Called under _lock.
    private void NotifyChange()
    {
        world.Observer.Changed(name, ProcessMachine.Reported(_phase), _ports.Port, _ports.Port == 0 || _exposed is null ? 0 : _spec!.ListeningPort);
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // Called under _lock.
    private void SetSpec(ProcessSpec spec)
    {
        if (_spec?.ListeningPort != spec.ListeningPort)
        {
            _exposed?.Hide();
            _exposed = spec.ListeningPort == 0 ? null : world.Ports.Of(name, spec.ListeningPort);
        }

        _spec = spec;
    }

    private static Fault Stopping() => new(FaultKind.Unavailable, "the system is stopping: processes are not started any more");
}
