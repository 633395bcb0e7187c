using Microsoft.Extensions.Logging;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Leases;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Succession;

/// <summary>Gives the service's state to a new instance, and takes it from the one before.</summary>
/// <remarks>
/// Nothing is acknowledged at pv-init once the gate is closed, and the exits of all runs that this instance knew are told
/// to the new one again. So a run whose end came in between is ended there, by one instance and exactly once.
/// </remarks>
public sealed class ExecSuccession(
    DecisionGate gate, OutputPump pump, InputPump inputPump, RunInputs inputs, RunEngine engine, WaitingNotes notes,
    ScopeLeases leases, ScopeHolds holds, ExecBus bus, ExecEvents events, ILogger<ExecSuccession> log)
{
    /// <summary>
    /// Brings all deciding to an end, a start that is under way included, then all reading of output and giving of input. Afterwards the
    /// other services are cut off, from events too, so that they connect to the new instance.
    /// </summary>
    public async Task<Outcome<Legacy>> HandOverAsync(CancellationToken cancellationToken)
    {
        await gate.CloseAsync().WaitAsync(cancellationToken);
        pump.Stop();
        inputPump.Stop();
        var table = new HandOverTable(engine.Waiting(), leases.Held(), leases.Claims()) { Called = engine.Called(), Holds = holds.Handed(), Read = engine.Read() };
        engine.ForgetRequests();
        await bus.DisposeAsync();
        await events.DisposeAsync();
        ExecLog.HandsOver(log, table.Runs.Count, table.Leases.Count, table.Claims.Count, table.Holds.Count);
        return new Legacy(table.ToBytes(), []);
    }

    /// <summary>
    /// Takes up what the instance before left. Whatever runs or is leased has its locks before anything that waits is
    /// asked for again, and that is in its order. Call it before anybody else can ask for anything.
    /// </summary>
    /// <param name="owned">The processes that pv-init says are ours.</param>
    public void TakeOver(IReadOnlyList<Child> owned, Inheritance inheritance)
    {
        inputs.Find(inheritance.Stored);
        IReadOnlyList<WaitingRun> noted = notes.Find(inheritance.Stored);
        engine.Adopt(owned);
        inputs.ForgetOthers();
        HandOverTable table = HandOverTable.Empty;
        if (!inheritance.Table.IsEmpty && !HandOverTable.Parse(inheritance.Table).TryGet(out table!, out Fault? fault))
        {
            ExecLog.TableUnreadable(log, fault.Detail);
            table = HandOverTable.Empty;
        }

        if (ReferenceEquals(table, HandOverTable.Empty))
        {
            // One that was being started when the instance before was killed may run.
            foreach (WaitingRun run in noted.Where(run => engine.Find(run.Id) is null))
            {
                engine.ResumeLost(run);
            }
        }

        foreach (HeldLease lease in table.Leases)
        {
            leases.Restore(lease);
        }

        foreach (HandedHold hold in table.Holds.Where(one => one.IsHeld))
        {
            holds.Restore(hold);
        }

        var waiting = table.Runs.Select(run => (run.Order, Resume: (Action)(() => engine.Resume(run))))
            .Concat(table.Claims.Select(claim => (claim.Order, Resume: (Action)(() => leases.Restore(claim)))))
            .Concat(table.Holds.Where(one => !one.IsHeld).Select(hold => (hold.Order, Resume: (Action)(() => holds.Restore(hold)))));
        foreach ((_, Action resume) in waiting.OrderBy(one => one.Order))
        {
            resume();
        }

        engine.ExpectReaders(table.Read);
        notes.ForgetFound();
        foreach (CalledRun called in table.Called)
        {
            engine.Restore(called);
        }
    }
}
