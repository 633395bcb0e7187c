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

    private async Task StartAsync(LiveRun live, TaskDefinition task, RunRequest request)
    {
        Run run = live.Run;
        Outcome<RunProcesses> started = await starter.StartAsync(run, task, Environment(task, request), request.Input);
        if (started.TryGet(out RunProcesses? processes, out Fault? fault))
        {
            run.On(RunSignal.Started);
            live.Processes = processes;
            await FinishAsync(live, processes);
            return;
        }

        run.On(RunSignal.StartFailed);
        live.Ticket.Release();
        run.Complete(fault);
        Forget(live);
        ExecLog.StartFailed(log, run.Id, run.Task, fault.Detail);
    }

    private async Task FinishAsync(LiveRun live, RunProcesses processes)
    {
        Run run = live.Run;
        RunResult result = await InTimeAsync(live, processes);
        run.On(RunSignal.ProcessesEnded);
        live.Ticket.Release();
        if (!await processes.DrainAsync(options.OutputGrace, time))
        {
            ExecLog.OutputLeftOpen(log, run.Id, run.Task);
        }

        run.On(RunSignal.OutputRead);
        Report(run, result, processes);
        run.Complete(result);
        await processes.AcknowledgeAsync(CancellationToken.None);
        Forget(live);
    }

    /// <summary>The end of the processes, which are made to end when the task's time is up.</summary>
    private async Task<RunResult> InTimeAsync(LiveRun live, RunProcesses processes)
    {
        RunTimeouts timeouts = live.Run.Timeouts;
        live.Timer = new RunTimer(timeouts.Run, timeouts.Kill, signal => SignalAsync(live, processes, signal, CancellationToken.None), time);
        Task<RunResult> ended = processes.EndedAsync();
        EndSignal? reason = await live.Timer.WatchAsync(processes.Started, ended);
        RunResult result = await ended;
        if (reason == EndSignal.TimeIsUp)
        {
            ExecLog.TimedOut(log, live.Run.Id, live.Run.Task, timeouts.Run!.Value.TotalSeconds, result.Status);
        }

        return result with { TimedOut = reason == EndSignal.TimeIsUp };
    }

    private async Task SignalAsync(LiveRun live, RunProcesses processes, int signal, CancellationToken cancellationToken)
    {
        if (!(await processes.SignalAsync(signal, cancellationToken)).Succeeded(out Fault? fault))
        {
            ExecLog.SignalFailed(log, live.Run.Id, live.Run.Task, signal, fault.Detail);
        }
    }

    private void Report(Run run, RunResult result, RunProcesses processes)
    {
        if (processes.OutputError is { } error)
        {
            ExecLog.OutputBroken(log, run.Id, run.Task, error.Message);
        }

        if (run.Output.ErrorBytes is var errorBytes and > 0)
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

    private IReadOnlyList<string> Environment(TaskDefinition task, RunRequest request) =>
        TaskEnvironment.Of(daemonEnvironment.ForChildren, daemonOptions.MountPoint, task.Environment, request.Variables);

    /// <summary>
    /// A bug, or the line to pv-init broke. Locks of a task that may still run are kept, and this service leaves: the
    /// next one adopts the task, holds its locks again and releases them at its end.
    /// </summary>
    private void Break(LiveRun live, Exception error)
    {
        Run run = live.Run;
        ExecLog.Broken(log, error, run.Id, run.Task);
        bool mayRun = run.State is RunState.Starting or RunState.Running;
        if (!mayRun)
        {
            live.Ticket.Release();
        }

        Forget(live);
        run.Complete(new Fault(FaultKind.Unavailable, $"run {run.Id} of task '{run.Task}' was lost sight of: {error.Message}"));
        if (mayRun)
        {
            exit.Demand();
        }
    }
}
