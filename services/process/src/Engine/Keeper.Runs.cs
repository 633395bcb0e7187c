using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Ports;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Engine;

/// <summary>
/// Starting and ending. What survives a crash of pv-process at any point follows from three rules. (1) The record of a
/// generation is written before pv-init is asked to start it. (2) pv-init remembers a child, with its generation, until
/// it is acknowledged. (3) A child is acknowledged only after the record says that its generation has ended, speaks of a
/// later one or of a removal, or is gone. So a record that has not ended and has no child was never started: it is started
/// now, once. A record of a removal starts nothing; its children are ended. A child that no record speaks of was to be
/// ended: it is ended now. A hand-over to a new instance stops at the same points (<see cref="Mandate"/>).
/// </summary>
internal sealed partial class Keeper
{
    /// <summary>Starts the process; the phase is Starting already. The gate is held, and it is in a step.</summary>
    private async Task<Outcome<Unit>> StartAsync(ProcessSpec spec)
    {
        // What is started while a freeze is about to begin is held by it.
        using IDisposable start = await world.Freezer.EnterStartAsync();
        Outcome<Unit> started = world.IsStopping ? Stopping() : await SpawnAsync(spec);
        if (!started.Succeeded(out Fault? fault))
        {
            NoteNotStarted(fault);
            Signal(ProcessSignal.SpawnFailed);
            Store(Record(spec, _generation) with { Ended = true });
        }

        return started;
    }

    /// <summary>Of the main process it is told by who starts it, or waits for the start that is gone on with (<see cref="MainStart"/>).</summary>
    private void NoteNotStarted(Fault fault)
    {
        if (!world.Main.Is(name) || !(world.Main.IsStarting || _isResuming))
        {
            ProcessLog.NotStarted(world.Log, name, fault.Detail);
        }
    }

    private async Task<Outcome<Unit>> SpawnAsync(ProcessSpec spec)
    {
        IsOfEarlierInit = false;
        lock (_lock)
        {
            SetSpec(spec);
            _ports = PortSet.Empty;
            _run = null;
            _end = null;
        }

        ulong generation = NextGeneration();
        Outcome<Unit> stored = Store(Record(spec, generation));
        if (!stored.Succeeded(out Fault? fault))
        {
            return fault;
        }

        // The command may want to listen on the port that was exposed until now, and whoever started us had it too.
        await world.Ports.ClosedAsync();
        lock (_lock)
        {
            _exposed?.LookForOwner();
        }

        PipePair? pipe = null;
        try
        {
            pipe = world.Main.Is(name) ? null : PipePair.Open();
        }
        catch (IOException e)
        {
            return new Fault(FaultKind.ResourceExhausted, $"process '{name}' cannot be started: {e.Message}");
        }

        using (pipe?.WriteEnd)
        {
            Outcome<Child> child = await AskForAsync(spec, generation, pipe);
            if (!child.TryGet(out Child? process, out fault))
            {
                pipe?.ReadEnd.Dispose();
                return new Fault(fault.Kind, $"process '{name}' cannot be started: {fault.Detail}");
            }

            ProcessLog.Started(world.Log, name, process.Pid);
            Begin(new Run(process, generation), pipe?.ReadEnd);
            return Unit.Value;
        }
    }

    private async Task<Outcome<Child>> AskForAsync(ProcessSpec spec, ulong generation, PipePair? pipe)
    {
        try
        {
            return await world.Init.SpawnAsync(Describe(spec, generation, pipe), CancellationToken.None);
        }
        catch (Exception)
        {
            pipe?.ReadEnd.Dispose();
            throw;
        }
    }

    /// <param name="pipe">For what it prints; null when that is not kept.</param>
    private SpawnSpec Describe(ProcessSpec spec, ulong generation, PipePair? pipe) => new()
    {
        Label = $"{name}#{generation}",
        State = new SpawnNote(name, generation).Encode(),
        Arguments = spec.Arguments,
        Environment = world.Environment.With(spec.Variables),
        WorkingDirectory = spec.RunPath,
        Descriptors = pipe is { WriteEnd: var end } ? [new DescriptorMapping(end, 1), new DescriptorMapping(end, 2)] : MainProcess.OwnOutput,
        Kept = pipe is { ReadEnd: var kept } ? [new KeptDescriptor(OutputReader.KeptName, kept)] : [],
        Grouping = ProcessGrouping.NewSession,
    };

    /// <summary>Follows a process that runs, just started or found again.</summary>
    private void Begin(Run run, Microsoft.Win32.SafeHandles.SafeFileHandle? output)
    {
        lock (_lock)
        {
            _run = run;
            _phaseSince = world.Clock.GetTimestamp();
        }

        if (output is not null)
        {
            run.Output = world.Outputs.Read(name, output);
        }

        var watched = new WatchedRun(this, run);
        world.Watcher.Watch(watched);
        run.Watching = FollowAsync(run, watched);
    }

    private async Task FollowAsync(Run run, WatchedRun watched)
    {
        ChildExit exit = await run.Child.Exited;
        try
        {
            using (world.Mandate.Enter())
            {
                ProcessLog.Ended(world.Log, name, run.Child.Pid, exit.Status);
                world.Watcher.Unwatch(watched);
                bool endedByItself = false;
                lock (_lock)
                {
                    if (_run == run)
                    {
                        _ports = PortSet.Empty;
                        _end = new ProcessEnd(exit.Status, run.Child.Started, exit.Ended);
                        endedByItself = _phase is ProcessPhase.Starting or ProcessPhase.Running;
                        Signal(ProcessSignal.Exited);
                    }
                }

                if (endedByItself)
                {
                    world.Main.Ended(name, exit.Status);
                }
            }

            await Gate.WaitAsync(world.Mandate.Over);
            try
            {
                using (world.Mandate.Enter())
                {
                    await SettleAsync(run);
                }
            }
            finally
            {
                Gate.Release();
            }
        }
        catch (OperationCanceledException) when (world.Mandate.IsOver)
        {
            // The next instance is told of the exit, too.
            return;
        }
    }

    /// <summary>After an exit: stores it, then lets pv-init forget it, unless the process left somebody behind who is to be ended later. The gate is held, in a step.</summary>
    private async Task SettleAsync(Run run)
    {
        if (!world.IsStopping && _run == run && Phase == ProcessPhase.Finished && Store(Record(_spec!, run.Generation) with { Ended = true, End = _end }).Succeeded(out Fault? _)
            && world.Ender.IsGone(run.Child))
        {
            await AcknowledgeAsync(run);
        }
    }

    /// <summary>Ends a run with its tree, and lets pv-init forget it. The gate is held; the record speaks of it no more.</summary>
    private async Task<Outcome<Unit>> EndAsync(Run run, TimeSpan grace)
    {
        Outcome<Unit> ended = await world.Ender.EndAsync(name, run.Child, grace);
        if (ended.Succeeded(out Fault? _))
        {
            using (world.Mandate.Enter())
            {
                await AcknowledgeAsync(run);
            }
        }

        return ended;
    }

    private async Task AcknowledgeAsync(Run run)
    {
        if (run.TakeAcknowledgement())
        {
            // Somebody who got away from the tree may hold the pipe still, and pv-init closes its copy now.
            run.Output?.SetOnlyHere();
            await world.Init.AcknowledgeAsync(run.Child, CancellationToken.None);
        }
    }

    // Rising even when the name was removed in between: the time in ms, or one more than the last.
    private ulong NextGeneration() => _generation = Math.Max(_generation + 1, (ulong)world.Clock.GetUtcNow().ToUnixTimeMilliseconds());

    private SpecRecord Record(ProcessSpec spec, ulong generation) => new(spec, generation, world.InitInstance.Id, Ended: false);

    private DateTimeOffset KillTime() => world.Clock.GetUtcNow() + world.Timing.Grace;

    private Outcome<Unit> Store(SpecRecord record)
    {
        try
        {
            world.Store.Write(record);
            return Unit.Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ProcessLog.RecordNotWritten(world.Log, e, name);
            return new Fault(FaultKind.ResourceExhausted, $"the record of process '{name}' cannot be written: {e.Message}; see that the runtime directory has room");
        }
    }
}
