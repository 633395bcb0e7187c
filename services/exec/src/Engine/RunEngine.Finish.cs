using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>From the end of a run's processes to the end of the task's <c>finish</c>, under the same locks.</content>
/// <remarks>
/// That it was started is known from pv-init, which keeps it as it keeps the run's processes: an instance that comes later
/// finds it there, or starts it. So it runs once, also when this service is killed; only between the request to start it
/// and pv-init's having read that may it be asked for twice.
/// </remarks>
public sealed partial class RunEngine
{
    /// <returns>The result with the end of <c>finish</c>; null when the next instance goes on.</returns>
    private async Task<RunResult?> RunFinishAsync(LiveRun live, RunProcesses processes, RunResult result)
    {
        if (!live.WasOver)
        {
            // What it writes comes behind what the run's own processes have written.
            await processes.ReadAsync();
        }

        if (!gate.TryEnter())
        {
            return null;
        }

        FinishEnd? notRun;
        try
        {
            live.Run.On(RunSignal.ProcessesEndedFinishNext);
            TellEnd(live, result);
            live.Run.Ending = new RunEnded(result, live.Run.Output.Error.Length);
            notRun = await StartFinishAsync(live, processes, result.Status);
        }
        finally
        {
            gate.Leave();
        }

        return result with { Finish = notRun ?? await EndOfFinishAsync(live, processes) };
    }

    /// <returns>Null when it runs, or has run.</returns>
    private async Task<FinishEnd?> StartFinishAsync(LiveRun live, RunProcesses processes, ExitStatus ended)
    {
        Run run = live.Run;
        if (processes.Finish is not null)
        {
            return null;
        }

        if (processes.Journal!.IsFinishOver)
        {
            return new FinishEnd(null, NotStarted: "it could not be started, an earlier instance of pv-exec says");
        }

        Outcome<FinishProcess> started = processes.Journal.ReadFinish() is { } plan
            ? await starter.StartFinishAsync(run, processes, plan, ended)
            : new Fault(FaultKind.DataLoss, "how it is to be started cannot be read any more");
        if (started.TryGet(out FinishProcess? finish, out Fault? fault))
        {
            processes.Finish = finish;
            return null;
        }

        processes.Journal.IsFinishOver = true;
        ExecLog.FinishNotStarted(log, run.Id, run.Task, fault.Detail);
        return new FinishEnd(null, NotStarted: fault.Detail);
    }

    /// <summary>Waits for it, and kills it and its descendants when its time is up.</summary>
    private async Task<FinishEnd> EndOfFinishAsync(LiveRun live, RunProcesses processes)
    {
        Run run = live.Run;
        Child child = processes.Finish!.Child;
        TimeSpan timeout = processes.Journal?.ReadFinish()?.Timeout ?? TaskDefinition.DefaultTimeoutFinish;
        bool isTimeUp = false;
        if (!child.Exited.IsCompleted)
        {
            TimeSpan left = child.Started + timeout - time.GetUtcNow();
            using var timeIsUp = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > timeout ? timeout : left, time);
            await ((Task)child.Exited).WaitAsync(timeIsUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!child.Exited.IsCompleted)
            {
                isTimeUp = true;
                await SignalFinishAsync(live, processes, Kill, CancellationToken.None);
            }
        }

        ChildExit exit = await child.Exited;

        // An instance that was killed may have sent the KILL.
        isTimeUp |= exit.Status.Signal == Kill && exit.Ended - child.Started >= timeout;
        if (!exit.Status.Succeeded && !live.WasOver)
        {
            ExecLog.FinishFailed(log, run.Id, run.Task, exit.Status, isTimeUp ? $", not done within its {timeout.TotalSeconds:0.###} s" : "");
        }

        return new FinishEnd(exit.Status, isTimeUp);
    }

    private async Task SignalFinishAsync(LiveRun live, RunProcesses processes, int signal, CancellationToken cancellationToken)
    {
        if (!(await processes.SignalFinishAsync(signal, cancellationToken)).Succeeded(out Fault? fault))
        {
            ExecLog.SignalFailed(log, live.Run.Id, live.Run.Task, signal, fault.Detail);
        }
    }

    private void TellFreed(LiveRun live)
    {
        if (live.WasOver)
        {
            observer.FreedUnseen(live.Run);
        }
        else
        {
            observer.Freed(live.Ticket);
        }

        // Its end was told before finish began: that says nothing of the locks.
        if (live.Processes is { HasFinish: true } processes)
        {
            processes.Journal!.IsFreed = true;
        }
    }

    private void TellEnd(LiveRun live, RunResult result)
    {
        // By us, or an earlier instance: an end that nobody was there to see is told now.
        if (live.Processes?.ErrorFile is { IsMarked: false } file)
        {
            observer.Ended(live.Run, result.Status);
            file.Mark();
        }
    }
}
