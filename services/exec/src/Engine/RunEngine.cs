using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Core.Tasks;
using PvExec.Hosting;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec.Engine;

/// <summary>Takes a task from the request to the result: look-up, locks, processes, output.</summary>
/// <remarks>A run is driven by one asynchronous method; a withdrawal and a stop reach it through its state and its ticket.</remarks>
public sealed partial class RunEngine(
    ScopeLocks locks,
    TaskDirectories tasks,
    RunStarter starter,
    DaemonEnvironment daemonEnvironment,
    DaemonOptions daemonOptions,
    ExecOptions options,
    ServiceExit exit,
    TimeProvider time,
    ILogger<RunEngine> log)
{
    private readonly ConcurrentDictionary<RunId, LiveRun> _live = new();
    private readonly WaitingRoom _waitingRoom = new(options.MaxWaitingRuns, options.MaxWaitingInputBytes);
    private volatile bool _stopping;

    /// <summary>The runs that have no result yet, in order of their requests.</summary>
    public IReadOnlyList<Run> Live => [.. _live.Values.Select(live => live.Run).OrderBy(run => run.Id.Value, StringComparer.Ordinal)];

    /// <summary>Checks a request and queues its run. The definition of the task is read here, once.</summary>
    public Outcome<Run> Submit(RunRequest request)
    {
        if (_stopping)
        {
            return Stopping();
        }

        if (TaskVariables.Problem(request.Variables) is { } problem)
        {
            return problem;
        }

        return TaskName.Parse(request.TaskName).Then(tasks.Find).Then(task => Queue(task, request));
    }

    /// <summary>Takes a run out of the queues if it still waits; one that has been started runs on.</summary>
    /// <param name="why">What <see cref="Run.Completion"/> answers.</param>
    public void Withdraw(Run run, Fault why)
    {
        if (run.On(RunSignal.Withdraw) == RunAction.LeaveQueues && _live.TryGetValue(run.Id, out LiveRun? live))
        {
            live.Ticket.Release();
            run.Complete(why);
            Forget(live);
            ExecLog.Withdrawn(log, run.Id, run.Task, why.Detail);
        }
    }

    private void Forget(LiveRun live)
    {
        _live.TryRemove(live.Run.Id, out _);
        live.SetGone();
    }

    private static Fault Stopping() => new(FaultKind.Unavailable, "the system is stopping: no task is started any more");

    private Outcome<Run> Queue(TaskDefinition task, RunRequest request)
    {
        DateTimeOffset now = time.GetUtcNow();
        var run = new Run(RunId.New(now), task.Name.Value, task.Scopes, now, new RunOutput(request.OutputLimitBytes))
        {
            Timeouts = new RunTimeouts(task.Timeout, task.TimeoutKill),
        };
        ScopeTicket ticket = locks.Request(task.Scopes, run.Id.Value, run.Task);
        bool waits = !ticket.Granted.IsCompleted;
        if (waits && _waitingRoom.Enter(request.Input.Length, task) is { } full)
        {
            ticket.Release();
            return full;
        }

        var live = new LiveRun(run, ticket);
        _live[run.Id] = live;
        live.Work = DriveAsync(live, task, request, waits);

        // A stop that began meanwhile may not have seen this run.
        if (_stopping)
        {
            Withdraw(run, Stopping());
        }

        return run;
    }

    private async Task DriveAsync(LiveRun live, TaskDefinition task, RunRequest request, bool waits)
    {
        Run run = live.Run;
        try
        {
            if (waits)
            {
                ExecLog.Waits(log, run.Id, run.Task, run.Scopes.ToString());
                await live.Ticket.Granted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _waitingRoom.Leave(request.Input.Length);
            }

            if (run.On(RunSignal.LocksGranted) == RunAction.Start)
            {
                await StartAsync(live, task, request);
            }
        }
        catch (Exception e)
        {
            Break(live, e);
        }
    }
}
