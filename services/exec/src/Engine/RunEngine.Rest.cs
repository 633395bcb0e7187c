using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <content>What is left of a run when its processes have ended.</content>
public sealed partial class RunEngine
{
    private static readonly Backoff s_lookAgain = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(250));

    /// <summary>
    /// Of a run that was made to end: returns when nobody is left of it. Descendants got TERM with the run's processes, and have as long as
    /// these to end before they are killed; what they still do, they do under the run's locks. A descendant that hangs in the kernel
    /// keeps them, as a process of the run that does would. Where pv-init cannot say who is left, they are killed once when that time is over.
    /// </summary>
    private async Task EndRestAsync(LiveRun live, RunProcesses processes)
    {
        long asked = live.Timer!.Asked ?? time.GetTimestamp();
        for (int looks = 1; processes.ErrorFile is { IsEnding: true } file; looks++)
        {
            if (!gate.TryEnter())
            {
                return;
            }

            try
            {
                bool isKnown = (await processes.AreGoneAsync(CancellationToken.None)).TryGet(out bool areGone, out _);
                bool isTimeUp = time.GetElapsedTime(asked) >= live.Run.Timeouts.Kill;

                // Again each time: one that forks just then may be missed.
                if (isTimeUp && !areGone && !(await processes.SignalRestAsync(Kill, CancellationToken.None)).Succeeded(out Fault? fault))
                {
                    ExecLog.SignalFailed(log, live.Run.Id, live.Run.Task, Kill, fault.Detail);
                }

                if (areGone || (isTimeUp && !isKnown))
                {
                    file.IsEnding = false;
                    return;
                }
            }
            finally
            {
                gate.Leave();
            }

            TimeSpan untilKill = live.Run.Timeouts.Kill - time.GetElapsedTime(asked);
            TimeSpan pause = s_lookAgain.After(looks);
            await Task.Delay(untilKill > TimeSpan.Zero && untilKill < pause ? untilKill : pause, time);
        }
    }

    /// <summary>
    /// This service was killed when it had started the filter and not yet <c>run</c>: so the task has not run, and there is no end of it to tell or to
    /// finish. The filter is killed, under the run's locks. Nobody is told of the run; a request with its token is a new one.
    /// </summary>
    private async Task EndFilterAsync(LiveRun live, RunProcesses processes)
    {
        ExecLog.NeverRan(log, live.Run.Id, live.Run.Task);
        try
        {
            await SignalInTimeAsync(live, processes, Kill);
            await processes.EndedAsync();
            if (!gate.TryEnter())
            {
                return;
            }

            try
            {
                live.Run.On(RunSignal.StartFailed);
                _runningRoom.Leave();
                Free(live);
                await processes.AcknowledgeAsync(CancellationToken.None);
                live.Run.Complete(new Fault(FaultKind.Unavailable, $"run {live.Run.Id} of task '{live.Run.Task}' was not started: pv-exec was killed just then; call again"));
                Forget(live);
                live.Run.Output.Release();
            }
            finally
            {
                gate.Leave();
            }
        }
        catch (Exception e)
        {
            Break(live, e);
        }
    }

    /// <summary>Has a process forgotten, when it has ended, that is all that is left of a run. Call it before anybody can ask for anything.</summary>
    private void ForgetLater(Child child) => _forgetting = Task.WhenAll(_forgetting, ForgetAsync(child));

    private async Task ForgetAsync(Child child)
    {
        await child.Exited;
        if (gate.TryEnter())
        {
            try
            {
                await starter.ForgetAsync(child);
            }
            finally
            {
                gate.Leave();
            }
        }
    }
}
