using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;

namespace PvExec.Processes.Engine;

/// <summary>What a new pv-process does with what its predecessor left. The caller of each holds the gate.</summary>
internal sealed partial class Keeper
{
    /// <summary>The process was started: it runs still, or has ended and FINISHED is stored.</summary>
    public void Adopt(SpecRecord record, Child child)
    {
        SetAdopted(record, ProcessPhase.Starting);
        ProcessLog.FoundAgain(world.Log, name, child.Pid);
        Begin(new Run(child, record.Generation), KeptOutput(child));
    }

    /// <summary>The process is gone.</summary>
    public void AdoptFinished(SpecRecord record)
    {
        SetAdopted(record, ProcessPhase.Finished);
        Store(record.Spec, record.Generation, ended: true);
    }

    /// <summary>The record was written and the process never started, with an earlier one perhaps still there: goes on from that point.</summary>
    public async Task ResumeAsync(SpecRecord record, IReadOnlyList<Child> earlier)
    {
        SetAdopted(record, ProcessPhase.Starting);
        foreach (Child child in earlier)
        {
            // Until it is gone the record speaks of the later generation alone, so it may be acknowledged.
            Outcome<Unit> ended = await EndAsync(new Run(child, generation: 0));
            if (!ended.Succeeded(out Fault? fault))
            {
                ProcessLog.NotStarted(world.Log, name, fault.Detail);
                Signal(ProcessSignal.SpawnFailed);
                return;
            }
        }

        // A fault is logged there, and leaves the name FINISHED: nobody waits for the answer any more.
        await StartAsync(record.Spec);
    }

    private static SafeFileHandle? KeptOutput(Child child) =>
        child.Kept.TryGetValue(OutputReader.KeptName, out SafeHandle? handle) ? (SafeFileHandle)handle : null;

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
