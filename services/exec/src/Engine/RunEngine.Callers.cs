using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>The callers that are there for a run, and what becomes of it when they go.</content>
public sealed partial class RunEngine
{
    private static readonly Fault CallerGone = new(FaultKind.Cancelled, "its caller is gone, or the caller's deadline has passed");

    private readonly RunCallers _callers = new();
    private volatile bool _leaving;

    /// <summary>As <see cref="Submit"/>, for a caller that is there for the run until <see cref="LeaveAsync"/>; or finds the run of the request's token.</summary>
    /// <returns>The run, with its output held.</returns>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<AcceptedRun> Accept(RunRequest request, RunCaller caller)
    {
        if (!gate.TryEnter())
        {
            throw new HandedOverException();
        }

        try
        {
            if (request.Token is { } token && _callers.Find(token, caller.Id, IsThere) is { } known)
            {
                return known.Then<AcceptedRun>(run => new AcceptedRun(run, IsAttached: true));
            }

            return Check(request).Then(task => Accept(task, request, caller));
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>A caller goes on here that another instance of this service has accepted.</summary>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public void Join(Run run, RunCaller caller)
    {
        if (!gate.TryEnter())
        {
            throw new HandedOverException();
        }

        try
        {
            _callers.Join(run.Id, caller.Id);
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>A caller is gone. If it was the last one, the run is withdrawn or made to end as it wanted.</summary>
    /// <param name="handedOver">Ends the wait for the run's end: the next instance has to be asked.</param>
    /// <returns>False when a new instance of this service has to be told.</returns>
    public async Task<bool> LeaveAsync(Run run, RunCaller caller, Task handedOver)
    {
        if (_leaving)
        {
            return true;
        }

        if (!gate.TryEnter())
        {
            return run.Completion.IsCompleted;
        }

        bool toEnd = false;
        try
        {
            bool toWithdraw = false;
            _callers.Leave(run, caller, () =>
            {
                toWithdraw = caller.OnDisconnect != OnDisconnect.GoOn && run.On(RunSignal.Withdraw) == RunAction.LeaveQueues;
                toEnd = caller.OnDisconnect == OnDisconnect.Cancel && !toWithdraw;
            });
            if (toWithdraw)
            {
                TakeOut(run, CallerGone);
            }
        }
        finally
        {
            gate.Leave();
        }

        return !toEnd || run.Completion.IsCompleted || await CancelAsync(run, CallerGone, handedOver);
    }

    /// <summary>This service ends, and its calls with it: that is not their callers' doing, and changes nothing for the runs.</summary>
    public void KeepRunsWithoutCallers() => _leaving = true;

    /// <summary>The callers that are there for runs. Call it when the gate is closed.</summary>
    public IReadOnlyList<CalledRun> Called() => _callers.All;

    /// <summary>
    /// Those that were there in the instance before. Call it when the runs have been taken up. Where that one already waited for callers, perhaps of one that
    /// was killed, they are waited for as long as such ones.
    /// </summary>
    public void Restore(CalledRun called)
    {
        if (_live.TryGetValue(called.Id, out LiveRun? live))
        {
            _callers.Expect(called.Id, called.Callers, called.LastToLeave is { } wanted ? RunCaller.New(wanted) : null);
            ExpectReader(live, options.ReaderPatience);
            live.CallersExpected = time.CreateTimer(_ => ExpireCallers(live), null, called.LastToLeave is null ? options.CallerReturnTime : options.LostCallerTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The reader that a run waits for is to come from the instance before; that time is over soon, for it may have gone with that one.</summary>
    private void ExpectReader(LiveRun live, TimeSpan atMost)
    {
        if (live.Run.Output.Pace is { } pace)
        {
            live.ReaderExpected?.Dispose();
            live.ReaderExpected = time.CreateTimer(_ => pace.ExpectNoLonger(), null, atMost, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Those that have not come went with the instance before, which is not their doing. One that went here meanwhile may have been the last.</summary>
    private void ExpireCallers(LiveRun live)
    {
        if (!gate.TryEnter())
        {
            return;
        }

        try
        {
            if (_callers.Expire(live.Run) is { } last)
            {
                live.Leaving = LeaveAsync(live.Run, last, handedOver: live.Gone);
            }
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>Whom a run waits for, the oldest first.</summary>
    public IReadOnlyList<ScopeBlocker> WaitsFor(Run run, int atMost) =>
        _live.TryGetValue(run.Id, out LiveRun? live) ? live.Ticket.WaitsFor(atMost) : [];

    private Outcome<AcceptedRun> Accept(TaskDefinition task, RunRequest request, RunCaller caller)
    {
        LiveRun? queued = null;
        Outcome<AcceptedRun> accepted = _callers.FindOrAdd(request.Token, caller.Id, IsThere, () => Enqueue(task, request).Then<Run>(live => (queued = live).Run));
        if (queued is not null)
        {
            Note(queued);
            Drive(queued, task);
        }

        return accepted;
    }

    /// <summary>Whether a run can be asked for; if so its output is held.</summary>
    private bool IsThere(Run run) => run.State != RunState.Withdrawn && Find(run.Id) == run && run.Output.TryHold();
}
