using PvExec.Kernel;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Engine;

/// <summary>What callers ask for. The caller of each holds the gate.</summary>
internal sealed partial class Keeper
{
    public async Task<Outcome<Unit>> EnableAsync(ProcessSpec spec)
    {
        // A start is one step: a hand-over waits for it.
        using Mandate.Step step = world.Mandate.Enter();
        lock (_lock)
        {
            if (_phase != ProcessPhase.NotRunning && _spec!.Difference(spec) is { } field)
            {
                return new Fault(FaultKind.AlreadyExists, $"process '{name}' is configured with another {field}: restart it with the new command and variables, or remove it (enabled = false) and configure it again");
            }
        }

        switch (Signal(ProcessSignal.Enable))
        {
            case ProcessAction.Refuse:
                return BeingEnded();
            case ProcessAction.Spawn:
                Outcome<Unit> started = await StartAsync(spec);
                if (!started.Succeeded(out Fault? _))
                {
                    Forget();
                }

                return started;
            default:
                return Unit.Value;
        }
    }

    /// <param name="command">Empty: the command that it has.</param>
    /// <param name="variables">Replace those that it has, unless both are empty: that starts it as it was.</param>
    public async Task<Outcome<Unit>> RestartAsync(IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        ProcessSpec spec;
        Run? old;
        ProcessAction action;
        using (world.Mandate.Enter())
        {
            switch (Phase)
            {
                case ProcessPhase.NotRunning:
                    return Unknown(name);
                case ProcessPhase.Stopping:
                    return BeingEnded();
                default:
                    break;
            }

            spec = _spec!;
            if (command.Count > 0 || variables.Count > 0)
            {
                spec = spec with { Arguments = command.Count > 0 ? command : spec.Arguments, Variables = variables };
            }

            // The intent is stored before the old process is ended: if it cannot be, that one lives on as if nobody had asked;
            // if pv-process ends half-way, the next one finds a generation that was never started, ends what is left of the
            // older one, and starts it.
            Outcome<Unit> stored = Store(Record(spec, NextGeneration()) with { KillAt = KillTime() });
            if (!stored.Succeeded(out Fault? fault))
            {
                return fault;
            }

            action = Signal(ProcessSignal.Restart);
            if (action == ProcessAction.Refuse)
            {
                // A stop of the system came in between: that does not wait for the gate.
                return Stopping();
            }

            IsHalfDone = true;
            old = _run;
        }

        if (old is not null)
        {
            Outcome<Unit> ended = await EndAsync(old, world.Timing.Grace);
            if (!ended.Succeeded(out Fault? fault))
            {
                return fault;
            }
        }

        using (world.Mandate.Enter())
        {
            return await StartAgainAsync(spec, action);
        }
    }

    public async Task<Outcome<Unit>> DisableAsync()
    {
        Run? run;
        using (world.Mandate.Enter())
        {
            ProcessAction action = Signal(ProcessSignal.Disable);
            if (action == ProcessAction.None)
            {
                return Unit.Value;
            }

            // First of all the record: if pv-process ends half-way, the next one goes on. Where there is no room for a
            // longer one it goes at once: a child without a record is ended, too.
            if (!Store(Record(_spec!, _generation) with { IsRemoval = true, KillAt = KillTime() }).Succeeded(out _))
            {
                world.Store.Delete(name);
            }

            IsHalfDone = true;
            run = _run;
        }

        return await RemoveAsync(run is null ? [] : [run], world.Timing.Grace);
    }

    /// <summary>Ends the runs and forgets the name; the record says so already.</summary>
    private async Task<Outcome<Unit>> RemoveAsync(IReadOnlyList<Run> runs, TimeSpan grace)
    {
        foreach (Run run in runs)
        {
            Outcome<Unit> ended = await EndAsync(run, grace);
            if (!ended.Succeeded(out Fault? fault))
            {
                return fault;
            }
        }

        using (world.Mandate.Enter())
        {
            world.Main.Removed(name);
            Forget();
            ProcessLog.Removed(world.Log, name);
            return Unit.Value;
        }
    }

    /// <summary>The second half of a restart: nobody of the earlier run is left. In a step.</summary>
    private async Task<Outcome<Unit>> StartAgainAsync(ProcessSpec spec, ProcessAction action)
    {
        lock (_lock)
        {
            // From here on the old run's exit means nothing.
            _run = null;
        }

        if (action == ProcessAction.EndTreeAndHide)
        {
            Signal(ProcessSignal.Exited);
            Signal(ProcessSignal.Restart);
        }

        return await StartAsync(spec);
    }

    /// <summary>For the stop of the whole system: ends what runs, at once and without the gate.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        Run? run;
        lock (_lock)
        {
            run = _run;
        }

        if (run is not null)
        {
            Signal(ProcessSignal.Disable);
            Outcome<Unit> ended = await world.Ender.EndAsync(name, run.Child, grace);
            if (!ended.Succeeded(out Fault? fault))
            {
                ProcessLog.SignalFailed(world.Log, 9, name, fault.Detail);
            }
        }
    }

    /// <summary>Answers RestartProcess on a name that is not configured.</summary>
    public static Fault Unknown(string name) => new(FaultKind.InvalidArgument, $"process '{name}' is not configured: configure it first (ConfigureProcess with enabled = true)");

    private Fault BeingEnded() => new(FaultKind.FailedPrecondition, $"process '{name}' is still being ended and does not die: try again, or remove it (enabled = false)");

    /// <summary>To NotRunning from wherever it is, without a process.</summary>
    private void Forget()
    {
        world.Store.Delete(name);
        Signal(ProcessSignal.Exited);
        Signal(ProcessSignal.Disable);
        lock (_lock)
        {
            _run = null;
            _spec = null;
        }
    }
}
