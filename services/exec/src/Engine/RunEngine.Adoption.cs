using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Core.Tasks;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>After a restart of this service.</content>
public sealed partial class RunEngine
{
    /// <summary>
    /// Takes up the runs that an earlier instance started: the locks of those that run are held again, their output is
    /// read on, and those that have ended are among the ended ones when it returns. Call it before any lock is granted to anyone else.
    /// </summary>
    /// <remarks>
    /// Of a task with a filter one process may have ended: a filter whose <c>run</c> has sees the end of its input and
    /// ends; a <c>run</c> whose filter has is told by the kernel (SIGPIPE). Either way the locks are held till both have ended.
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
                StreamWindow window = StreamWindow.Of(options.OutputHeadBytes, options.OutputTailBytes);
                note = new RunNote(RunId.New(child.Started), RunRole.Run, child.Label, ScopeSet.Empty, child.Started, window, window);
            }

            if (!runs.TryGetValue(note.RunId, out var run))
            {
                runs.Add(note.RunId, run = (note, []));
            }

            run.Processes.Add(new RunProcess(note.Role, child));
        }

        // A limit was perhaps edited between two starts. All that run fit in when the lower limits come first.
        foreach ((RunNote note, List<RunProcess> processes) in runs.Values
            .OrderBy(run => run.Note.Scopes.Limit?.Most ?? 0).ThenBy(run => run.Note.RunId.Value, StringComparer.Ordinal))
        {
            Adopt(note, processes);
        }
    }

    /// <summary>Queues a run that waited in the instance before. Call it in their order, after <see cref="Adopt(IReadOnlyList{Child})"/>.</summary>
    /// <remarks>The task's definition is read again: the run has not been started, and that can only be done by it.</remarks>
    public void Resume(WaitingRun waiting)
    {
        RunRequest request = waiting.Request;
        Outcome<TaskDefinition> found = TaskName.Parse(request.TaskName).Then(tasks.Find);
        ScopeSet scopes = found.TryGet(out TaskDefinition? task, out Fault? fault) ? task.Scopes : ScopeSet.Empty;
        Run run = NewRun(waiting.Id, request.TaskName, scopes, waiting.Requested, request, task);
        (ScopeTicket ticket, long order) = locks.Request(scopes, run.Id.Value, run.Task, waiting.Requested);
        bool waits = !ticket.Granted.IsCompleted;
        var live = new LiveRun(run, ticket, order) { Waits = waits, HeldBytes = request.HeldBytes };
        TakeUp(run);
        _callers.Know(run);
        fault ??= OpenInput(run, task!, request);
        if (task is null || fault is not null)
        {
            run.On(RunSignal.LocksGranted);
            live.Work = FailAsync(live, fault!);
            return;
        }

        if (waits)
        {
            _waitingRoom.EnterAnyway(live.HeldBytes);
        }
        else
        {
            _runningRoom.EnterAnyway();
        }

        _live[run.Id] = live;
        ExpectReader(live, options.CallerReturnTime);
        live.Request = WithoutInput(request, run);
        ToNote(live, request);
        Note(live);
        Drive(live, task);
    }

    /// <summary>As <see cref="Resume"/>, for one whose callers went with an instance that was killed. The last one is waited for as long as such a call is made again.</summary>
    public void ResumeLost(WaitingRun waiting)
    {
        Resume(waiting);
        if (_live.TryGetValue(waiting.Id, out LiveRun? live) && waiting.Request.OnDisconnect != OnDisconnect.GoOn)
        {
            var lost = RunCaller.New(waiting.Request.OnDisconnect);
            _callers.Expect(waiting.Id, [lost.Id], lost);
            live.CallersExpected = time.CreateTimer(_ => ExpireCallers(live), null, options.LostCallerTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The runs that wait, in the order of their requests. Call it when the gate is closed.</summary>
    public IReadOnlyList<WaitingRun> Waiting() =>
    [
        .. from live in _live.Values
           let request = live.Request
           where live.Run.State == RunState.Waiting && request is not null
           orderby live.Order
           select new WaitingRun(live.Order, live.Run.Id, live.Run.Requested, WithInput(live, request)),
    ];

    private void Adopt(RunNote note, List<RunProcess> processes)
    {
        if (processes.TrueForAll(process => process.Role == RunRole.Finish))
        {
            // The run had been forgotten, up to this, when the instance before was killed.
            processes.ForEach(process => ForgetLater(process.Child));
            return;
        }

        bool neverRan = processes.TrueForAll(process => process.Role == RunRole.Log);
        var run = new Run(note.RunId, note.Task, note.Scopes, note.Requested, NewOutput(note.RunId, note.Task, note.Standard, note.Error, isOnDisk: false, note.IsLossless), neverRan ? RunState.Starting : RunState.Running)
        {
            Timeouts = note.Timeouts,
            Token = note.Token,
            Watches = Watches,
        };
        RunProcesses adopted = starter.Adopt(processes, run);

        foreach (string what in adopted.NotTakenUp)
        {
            ExecLog.NotTakenUp(log, run.Id, run.Task, what);
        }

        // A second finish: it was asked for twice, and the run's end is that of the first.
        foreach (RunProcess second in processes.Where(process => process.Role == RunRole.Finish).Skip(1))
        {
            ForgetLater(second.Child);
        }

        TakeUp(run);
        run.Start = adopted.Start;
        bool hasEnded = adopted.WereOver && adopted.AreOver && !neverRan && adopted.ErrorFile is not { IsEnding: true };
        (ScopeTicket ticket, long order) = locks.Request(hasEnded ? ScopeSet.Empty : note.Scopes, run.Id.Value, run.Task, run.Start?.Started);
        var live = new LiveRun(run, ticket, order) { Processes = adopted, WasOver = hasEnded, IsToldToHold = !hasEnded || !adopted.IsFreedTold };
        if (!ticket.IsHeld)
        {
            ExecLog.AdoptedWithoutLocks(log, run.Id, run.Task, run.Scopes.ToString());
        }

        if (!hasEnded)
        {
            ExecLog.Adopted(log, run.Id, run.Task, run.Scopes.ToString());
        }

        _runningRoom.EnterAnyway();
        _live[run.Id] = live;
        if (neverRan)
        {
            live.Work = EndFilterAsync(live, adopted);
            return;
        }

        _callers.Know(run);
        ExpectReader(live, options.CallerReturnTime);
        live.Timer = NewTimer(live, adopted);
        live.Work = FinishAdoptedAsync(live, adopted);
    }

    /// <summary>
    /// Whether the instance before may have told the run's end: descendants that hold its output open have had their time. It is told as ended then from the first
    /// moment on, and what they write is read on.
    /// </summary>
    private bool MayBeToldAsEnded(LiveRun live, RunProcesses processes) => live.WasOver && time.GetUtcNow() - processes.Ended >= options.OutputGrace;

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
