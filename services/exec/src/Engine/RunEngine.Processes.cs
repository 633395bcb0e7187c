using System.Text;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Tasks;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>From the locks to the result.</content>
public sealed partial class RunEngine
{
    private const int LastLineBytes = 200;

    /// <returns>Null when nothing was started: it was withdrawn, it could not be, or the next instance does it.</returns>
    private async Task<RunProcesses?> StartAsync(LiveRun live, TaskDefinition task)
    {
        if (!gate.TryEnter())
        {
            return null;
        }

        try
        {
            Run run = live.Run;
            if (live.Waits)
            {
                _runningRoom.EnterAnyway();
            }

            if (run.On(RunSignal.LocksGranted) != RunAction.Start)
            {
                _runningRoom.Leave();
                return null;
            }

            live.IsToldToHold = true;
            observer.Held(live.Ticket);

            RunRequest request = live.Request!;
            Outcome<RunProcesses> started = await starter.StartAsync(
                run, task, Environment(task, request), InputOf(live, request), request.Output.OnDisk ? options.OutputDirectory : null);
            if (started.TryGet(out RunProcesses? processes, out Fault? fault))
            {
                run.On(RunSignal.Started);
                ForgetNote(live);
                live.Processes = processes;
                live.Timer = NewTimer(live, processes);
                live.Request = null;
                observer.Started(run);
                run.Start = processes.Start;
                return processes;
            }

            _runningRoom.Leave();
            await FailAsync(live, fault);
            return null;
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task FinishAsync(LiveRun live, RunProcesses processes)
    {
        RunResult? result = await InTimeAsync(live, processes);
        await EndRestAsync(live, processes);
        live.IsEnding = false;
        if (processes.HasFinish)
        {
            result = await RunFinishAsync(live, processes, result);
        }

        if (result is null || !gate.TryEnter())
        {
            // The next instance is told of the exit too: this one has not acknowledged it.
            return;
        }

        try
        {
            live.Run.On(processes.HasFinish ? RunSignal.FinishEnded : RunSignal.ProcessesEnded);
            _runningRoom.Leave();
            if (!processes.HasFinish)
            {
                TellEnd(live, result);
            }

            Free(live);
        }
        finally
        {
            gate.Leave();
        }

        bool outputEnded = MayBeToldAsEnded(live, processes) ? processes.TryEndOutput() : await processes.DrainAsync(_outputGrace);
        if (!gate.TryEnter())
        {
            return;
        }

        try
        {
            await EndAsync(live, processes, result with { OutputLeftOpen = !outputEnded });
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task EndAsync(LiveRun live, RunProcesses processes, RunResult result)
    {
        Run run = live.Run;
        run.On(RunSignal.OutputRead);
        if (live.WasOver)
        {
            ExecLog.FoundEnded(log, run.Id, run.Task, result.Status);
        }
        else
        {
            Report(run, result, processes);
        }

        run.Complete(result);
        await RetireAsync(live, live.WasOver ? result.Ended : null);
    }

    private async Task FailAsync(LiveRun live, Fault fault)
    {
        Run run = live.Run;
        run.On(RunSignal.StartFailed);
        ForgetNote(live);
        Free(live);
        run.Complete(fault);
        await RetireAsync(live);
        if (!run.IsMain)
        {
            // Of the main task it is told with what follows from it.
            ExecLog.StartFailed(log, run.Id, run.Task, fault.Detail);
        }
    }

    /// <summary>The end of the processes, which are made to end when the task's time is up.</summary>
    private async Task<RunResult> InTimeAsync(LiveRun live, RunProcesses processes)
    {
        if (processes.Journal?.EndReason == EndSignal.Cancel || processes.ErrorFile is { IsEnding: true })
        {
            // An earlier instance was asked to end it, and may have ended before it did.
            live.IsEnding = true;
            live.Timer!.Cancel();
        }

        Task<RunResult> ended = processes.EndedAsync();
        EndSignal? reason = await live.Timer!.WatchAsync(processes.Started, ended);
        RunResult result = await ended;
        if (reason == EndSignal.TimeIsUp)
        {
            ExecLog.TimedOut(log, live.Run.Id, live.Run.Task, live.Run.Timeouts.Run!.Value.TotalSeconds, result.Status);
        }

        // What an earlier instance has done stands in the journal.
        return result with { TimedOut = (processes.Journal?.EndReason ?? reason) == EndSignal.TimeIsUp };
    }

    private RunTimer NewTimer(LiveRun live, RunProcesses processes) =>
        new(
            live.Run.Timeouts.Run, live.Run.Timeouts.Kill, signal => SignalInTimeAsync(live, processes, signal), time,
            reason =>
            {
                if (!gate.TryEnter())
                {
                    return false;
                }

                try
                {
                    live.IsEnding = true;
                    processes.Journal?.NoteEnd(reason);
                    if (processes.ErrorFile is { } file)
                    {
                        file.IsEnding = true;
                    }

                    return true;
                }
                finally
                {
                    gate.Leave();
                }
            });

    /// <summary>Does nothing when the next instance watches over the run's time.</summary>
    private async Task SignalInTimeAsync(LiveRun live, RunProcesses processes, int signal)
    {
        if (gate.TryEnter())
        {
            try
            {
                await SignalAsync(live, processes, signal, CancellationToken.None);
            }
            finally
            {
                gate.Leave();
            }
        }
    }

    /// <param name="withRest">Also descendants of processes that have ended.</param>
    private async Task SignalAsync(LiveRun live, RunProcesses processes, int signal, CancellationToken cancellationToken, bool withRest = false)
    {
        Outcome<Unit> sent = withRest ? await processes.SignalRestAsync(signal, cancellationToken) : await processes.SignalAsync(signal, cancellationToken);
        if (!sent.Succeeded(out Fault? fault))
        {
            ExecLog.SignalFailed(log, live.Run.Id, live.Run.Task, signal, fault.Detail);
        }
    }

    private void Report(Run run, RunResult result, RunProcesses processes)
    {
        if (result.OutputLeftOpen)
        {
            ExecLog.OutputLeftOpen(log, run.Id, run.Task);
        }

        if (processes.OutputError is { } error)
        {
            ExecLog.OutputBroken(log, run.Id, run.Task, error.Message);
        }

        if (run.Input?.Error is { } inputError)
        {
            ExecLog.InputBroken(log, run.Id, run.Task, inputError.Message);
        }

        if (run.Output.Error.Length is var errorBytes and > 0)
        {
            string lastLine = Encoding.UTF8.GetString(run.Output.ErrorTail(LastLineBytes)).TrimEnd();
            ExecLog.EndedWithMessages(log, run.Id, run.Task, result.Status, errorBytes, Quoted.LastLine(lastLine));
        }
        else if (result.Status.Succeeded)
        {
            ExecLog.Ended(log, run.Id, run.Task, result.Status);
        }
        else
        {
            ExecLog.EndedBadly(log, run.Id, run.Task, result.Status);
        }
    }

    private void Free(LiveRun live)
    {
        if (live.IsToldToHold)
        {
            live.IsToldToHold = false;
            TellFreed(live);
        }

        live.Ticket.Release();
    }

    /// <summary>
    /// A bug, or the line to pv-init broke. Locks of a task that may still run are kept, and this service leaves: the
    /// next one adopts the task, holds its locks again and releases them at its end.
    /// </summary>
    private void Break(LiveRun live, Exception error)
    {
        Run run = live.Run;
        ExecLog.Broken(log, error, run.Id, run.Task);
        bool mayRun = run.State is RunState.Starting or RunState.Running or RunState.Finishing;
        if (!mayRun)
        {
            Free(live);
        }

        // Its caller is told that it failed: no instance may begin it behind that one's back, and fail at the same place for ever. Once another one
        // decides, the notes are that one's.
        if (gate.TryEnter())
        {
            ForgetNote(live);
            gate.Leave();
        }

        run.Complete(new Fault(FaultKind.Unavailable, $"run {run.Id} of task '{run.Task}' was lost sight of: {error.Message}"));
        Forget(live);
        _callers.Forget(run);
        if (mayRun)
        {
            exit.Demand();
        }
    }
}
