using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Ports;
using PvExec.Processes.Proxy;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Engine;

/// <summary>What a new pv-process does with what its predecessor left. The caller of each holds the gate.</summary>
internal sealed partial class Keeper
{
    /// <summary>The process was started: it runs still, or has ended and FINISHED is stored.</summary>
    /// <param name="kept">What the earlier instance handed over of it; null after a crash.</param>
    public void Adopt(SpecRecord record, Child child, KeptProcess? kept)
    {
        var ports = new PortSet(kept?.Listeners ?? []);
        SetAdopted(record, ports.Port == 0 ? ProcessPhase.Starting : ProcessPhase.Running);
        ProcessLog.FoundAgain(world.Log, name, child.Pid);
        lock (_lock)
        {
            _ports = ports;
            _exposed?.Inherit(ProxyTarget.For(record.Spec.ListeningPort, ports));
        }

        Begin(new Run(child, record.Generation), KeptOutput(child));
    }

    /// <summary>The process is gone.</summary>
    public void AdoptFinished(SpecRecord record)
    {
        SetAdopted(record, ProcessPhase.Finished);
        IsOfEarlierInit = record.InitInstance != world.InitInstance.Id;
        if (IsOfEarlierInit && world.Main.Is(name))
        {
            // It is to be started again, if need be by the next instance: the record says so until then.
            return;
        }

        lock (_lock)
        {
            _end = record.End;
        }

        Store(Record(record.Spec, record.Generation) with { Ended = true, End = record.End });
    }

    /// <summary>The record was written and the process never started, with an earlier one perhaps still there: goes on from that point.</summary>
    public async Task<Outcome<Unit>> ResumeStartAsync(SpecRecord record, IReadOnlyList<Child> earlier)
    {
        _isResuming = true;
        try
        {
            return await ResumeOnceAsync(record, earlier);
        }
        finally
        {
            _isResuming = false;
        }
    }

    private async Task<Outcome<Unit>> ResumeOnceAsync(SpecRecord record, IReadOnlyList<Child> earlier)
    {
        SetAdopted(record, earlier.Count > 0 ? ProcessPhase.Stopping : ProcessPhase.Starting);

        // The record speaks of the later generation alone, so they may be acknowledged.
        foreach (Run run in Begun(earlier))
        {
            Outcome<Unit> ended = await EndAsync(run, GraceLeft(record));
            if (!ended.Succeeded(out Fault? fault))
            {
                NoteNotStarted(fault);
                return fault;
            }
        }

        using (world.Mandate.Enter())
        {
            return earlier.Count > 0 ? await StartAgainAsync(record.Spec, ProcessAction.EndTreeAndHide) : await StartAsync(record.Spec);
        }
    }

    /// <summary>The name was being removed.</summary>
    public async Task<Outcome<Unit>> ResumeRemovalAsync(SpecRecord record, IReadOnlyList<Child> children)
    {
        SetAdopted(record, ProcessPhase.Stopping);
        Outcome<Unit> removed = await RemoveAsync(Begun(children), GraceLeft(record));
        if (!removed.Succeeded(out Fault? fault))
        {
            ProcessLog.NotRemoved(world.Log, name, fault.Detail);
        }

        return removed;
    }

    /// <summary>What an instance that takes this one's place is to know; null when nothing lives. The mandate is over.</summary>
    public KeptProcess? Keep()
    {
        lock (_lock)
        {
            return _run is { } run && _phase is ProcessPhase.Starting or ProcessPhase.Running ? new KeptProcess(name, run.Generation, _ports.Listeners) : null;
        }
    }

    /// <summary>Stops taking connections. The mandate is over.</summary>
    /// <returns>The port's sockets, which whoever takes over goes on with.</returns>
    public Task<ReleasedPort?> ReleasePortAsync()
    {
        ExposedPort? exposed;
        lock (_lock)
        {
            exposed = _exposed;
        }

        return exposed?.ReleaseAsync() ?? Task.FromResult<ReleasedPort?>(null);
    }

    private static SafeFileHandle? KeptOutput(Child child) =>
        child.Kept.TryGetValue(OutputReader.KeptName, out SafeHandle? handle) ? (SafeFileHandle)handle : null;

    /// <summary>Runs that are only to be ended; what they write until then is kept.</summary>
    private List<Run> Begun(IReadOnlyList<Child> children)
    {
        List<Run> runs = [.. children.Select(child => new Run(child, generation: 0))];
        foreach (Run run in runs)
        {
            run.Output = KeptOutput(run.Child) is { } pipe ? world.Outputs.Read(name, pipe) : null;
        }

        lock (_lock)
        {
            // For whoever tries again, should it not end.
            _run = runs.FirstOrDefault();
        }

        return runs;
    }

    private TimeSpan GraceLeft(SpecRecord record)
    {
        TimeSpan left = record.KillAt is { } killAt ? killAt - world.Clock.GetUtcNow() : world.Timing.Grace;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < world.Timing.Grace ? left : world.Timing.Grace;
    }

    private void SetAdopted(SpecRecord record, ProcessPhase phase)
    {
        _generation = record.Generation;
        lock (_lock)
        {
            SetSpec(record.Spec);
            _phase = phase;
            _phaseSince = world.Clock.GetTimestamp();
            NotifyChange();
        }
    }
}
