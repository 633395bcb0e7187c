using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Init;

namespace PvExec.Exec.Engine;

/// <content>After a restart of this service.</content>
public sealed partial class RunEngine
{
    /// <summary>Nobody can ask for the result of a run whose caller was cut off.</summary>
    private const int AdoptedOutputBytes = 0;

    /// <summary>
    /// Takes up the runs that an earlier instance started: their locks are held again, their output is read, their
    /// ends are acknowledged. Call it before any lock is granted to anyone else.
    /// </summary>
    /// <remarks>
    /// Of a task with a filter one process may be alone: a filter whose <c>run</c> was never started, or has ended,
    /// sees the end of its input and ends; a <c>run</c> whose filter has ended is told by the kernel (SIGPIPE). Either
    /// way the locks are held till both have ended.
    /// </remarks>
    public void Adopt(IReadOnlyList<Child> owned)
    {
        var runs = new Dictionary<RunId, (RunNote Note, List<RunProcess> Processes)>();
        foreach (Child child in owned)
        {
            if (RunNote.Parse(child.State) is not { } note)
            {
                // Its identity is unknown, so it is a run without scopes.
                ExecLog.UnknownChild(log, child.Pid, child.Label);
                note = new RunNote(RunId.New(child.Started), RunRole.Run, child.Label, ScopeSet.Empty, child.Started);
            }

            if (!runs.TryGetValue(note.RunId, out var run))
            {
                runs.Add(note.RunId, run = (note, []));
            }

            run.Processes.Add(new RunProcess(note.Role, child));
        }

        foreach ((RunNote note, List<RunProcess> processes) in runs.Values)
        {
            Adopt(note, processes);
        }
    }

    private void Adopt(RunNote note, List<RunProcess> processes)
    {
        var run = new Run(note.RunId, note.Task, note.Scopes, note.Requested, new RunOutput(AdoptedOutputBytes), RunState.Running)
        {
            Timeouts = note.Timeouts,
        };
        var live = new LiveRun(run, locks.Request(note.Scopes, run.Id.Value, run.Task));
        if (!live.Ticket.IsHeld)
        {
            ExecLog.AdoptedWithoutLocks(log, run.Id, run.Task, run.Scopes.ToString());
        }

        ExecLog.Adopted(log, run.Id, run.Task, run.Scopes.ToString());
        live.Processes = starter.Adopt(processes, run.Output);
        _live[run.Id] = live;
        live.Work = FinishAdoptedAsync(live, live.Processes);
    }

    private async Task FinishAdoptedAsync(LiveRun live, RunProcesses processes)
    {
        try
        {
            await FinishAsync(live, processes);
        }
        catch (Exception e)
        {
            Break(live, e);
        }
    }
}
