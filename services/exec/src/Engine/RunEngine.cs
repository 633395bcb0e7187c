using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Core.Tasks;
using PvExec.Exec.Succession;
using PvExec.Hosting;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec.Engine;

/// <summary>Takes a task from the request to the result: look-up, locks, processes, output.</summary>
/// <remarks>
/// A run is driven by one asynchronous method; a withdrawal and a stop reach it through its state and its ticket. Every
/// step that decides something is inside the gate; when that is closed, the run goes on in the next instance.
/// </remarks>
public sealed partial class RunEngine(
    LockOrder locks,
    DecisionGate gate,
    TaskDirectories tasks,
    RunStarter starter,
    WaitingNotes notes,
    DaemonEnvironment daemonEnvironment,
    DaemonOptions daemonOptions,
    ExecOptions options,
    ServiceExit exit,
    IExecObserver observer,
    TimeProvider time,
    ILogger<RunEngine> log)
{
    private readonly ConcurrentDictionary<RunId, LiveRun> _live = new();
    private readonly RunHistory _history = new(options.MaxEndedRuns, options.MaxEndedOutputBytes, options.MaxEndedDiskBytes);
    private readonly WaitingRoom _waitingRoom = new(options.MaxWaitingRuns, options.MaxWaitingInputBytes);
    private readonly RunningRoom _runningRoom = new(options.MaxRunningRuns);
    private readonly SharedDelay _outputGrace = new(options.OutputGrace, time);

    /// <summary>What is left of runs that were forgotten already.</summary>
    private Task _forgetting = Task.CompletedTask;

    private volatile bool _stopping;

    /// <summary>Who is told that a run is asked for, starts and ends.</summary>
    public RunWatches Watches { get; } = new();

    /// <summary>The runs that have no result yet, in order of their requests.</summary>
    public IReadOnlyList<Run> Live => [.. _live.Values.Select(live => live.Run).OrderBy(run => run.Id.Value, StringComparer.Ordinal)];

    /// <summary>The runs that ended last, in the order in which they did.</summary>
    public IReadOnlyList<Run> Ended => _history.Runs;

    /// <summary>A run that has no result yet, or one of those that ended last.</summary>
    public Run? Find(RunId id) => _live.TryGetValue(id, out LiveRun? live) ? live.Run : _history.Find(id);

    /// <summary>Checks a request and queues its run. The definition of the task is read here, once.</summary>
    /// <param name="isRead">The run's output is held for the caller, who releases it.</param>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<Run> Submit(RunRequest request, bool isRead = false)
    {
        if (!gate.TryEnter())
        {
            throw new HandedOverException();
        }

        try
        {
            return Check(request).Then(task => Queue(task, request, isRead));
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>Takes a run out of the queues if it still waits; one that has been started runs on.</summary>
    /// <param name="why">What <see cref="Run.Completion"/> answers.</param>
    /// <returns>False when a new instance of this service has to be asked.</returns>
    public bool Withdraw(Run run, Fault why)
    {
        if (!gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (run.On(RunSignal.Withdraw) == RunAction.LeaveQueues)
            {
                TakeOut(run, why);
            }

            return true;
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>The rest of a withdrawal.</summary>
    private void TakeOut(Run run, Fault why)
    {
        if (_live.TryGetValue(run.Id, out LiveRun? live))
        {
            live.Ticket.Release();
            ForgetNote(live);
            run.Complete(why);
            Forget(live);
            _callers.Forget(run);
            ExecLog.Withdrawn(log, run.Id, run.Task, why.Detail);
        }
    }

    /// <summary>It has a result, which can be asked for till newer ones take its place.</summary>
    /// <param name="endedBefore">When it ended, if that was before this instance came.</param>
    private async ValueTask RetireAsync(LiveRun live, DateTimeOffset? endedBefore = null)
    {
        await LetGoAsync(_history.Add(live, endedBefore));
        Forget(live);
    }

    private async ValueTask LetGoAsync(IReadOnlyList<HistoryLoss> losses)
    {
        if (losses.Any(loss => loss.Run.Run.Output.IsOnDisk))
        {
            // To give a large file back takes a disk its time, and this may be the thread that reads everybody's output.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        foreach (HistoryLoss loss in losses)
        {
            if (loss.Stream is { } stream)
            {
                loss.Run.Run.Output[stream].Drop();
            }
            else
            {
                loss.Run.Processes?.AcknowledgeLater();
                _callers.Forget(loss.Run.Run);
            }

            loss.Run.Run.Output.Release();
        }
    }

    private void Forget(LiveRun live)
    {
        live.Request = null;
        _live.TryRemove(live.Run.Id, out _);
        _callers.Dismiss(live.Run);
        live.CallersExpected?.Dispose();
        live.ReaderExpected?.Dispose();
        live.Run.Output.Pace?.ExpectNoLonger();
        live.Run.Input?.Dispose();
        live.SetGone();
    }

    private static Fault Stopping() => new(FaultKind.Unavailable, "the system is stopping: no task is started any more");

    private Outcome<TaskDefinition> Check(RunRequest request)
    {
        if (_stopping)
        {
            return Stopping();
        }

        Fault? problem = TaskVariables.Problem(request.Variables) ?? request.Output.Problem(options.OutputHeadBytes, options.OutputTailBytes);
        return problem is not null ? problem : TaskName.Parse(request.TaskName).Then(tasks.Find);
    }

    private Outcome<Run> Queue(TaskDefinition task, RunRequest request, bool isRead) => Enqueue(task, request).Then<Run>(live =>
    {
        // Before it can end: a new instance is told of who reads.
        _ = isRead && live.Run.Output.TryHold();
        Note(live);
        Drive(live, task);
        return live.Run;
    });

    /// <summary>Asks for the run's locks. <see cref="Note"/> and <see cref="Drive"/> must follow.</summary>
    private Outcome<LiveRun> Enqueue(TaskDefinition task, RunRequest request)
    {
        DateTimeOffset now = time.GetUtcNow();
        Run run = NewRun(RunId.New(now), task.Name.Value, task.Scopes, now, request, task);
        if (OpenInput(run, task, request) is { } noInput)
        {
            return noInput;
        }

        (ScopeTicket ticket, long order) = locks.Request(task.Scopes, run.Id.Value, run.Task);
        bool waits = !ticket.Granted.IsCompleted;
        int heldBytes = request.HeldBytes;
        Fault? full = waits ? _waitingRoom.Enter(heldBytes, task) : _runningRoom.Enter(task);
        if (full is not null)
        {
            ticket.Release();
            run.Input?.Dispose();
            return full;
        }

        var live = new LiveRun(run, ticket, order) { Request = WithoutInput(request, run), Waits = waits, HeldBytes = heldBytes };
        _live[run.Id] = live;
        if (waits)
        {
            ToNote(live, request);
        }

        Watches.Changed(run);
        return live;
    }

    private Run NewRun(RunId id, string name, ScopeSet scopes, DateTimeOffset requested, RunRequest request, TaskDefinition? task)
    {
        long tail = request.IsLossless ? ReaderPace.TailBytes : 0;
        StreamWindow standard = request.Output.Window(options.OutputHeadBytes, options.OutputTailBytes, request.HeadBytes, tail);
        StreamWindow error = request.Output.Window(options.OutputHeadBytes, options.OutputTailBytes, 0, tail);
        return new Run(id, name, scopes, requested, NewOutput(id, name, standard, error, request.Output.OnDisk, request.IsLossless))
        {
            Timeouts = task is null ? RunTimeouts.None : new RunTimeouts(task.Timeout, task.TimeoutKill),
            Token = request.Token,
            Watches = Watches,
        };
    }

    private RunOutput NewOutput(RunId id, string task, StreamWindow standard, StreamWindow error, bool isOnDisk, bool isLossless)
    {
        var output = new RunOutput(standard, error, isLossless)
        {
            IsOnDisk = isOnDisk,
            Losing = why => ExecLog.OutputLost(log, id, task, why.Message),
        };
        output.Pace?.Expect();
        return output;
    }

    private void Drive(LiveRun live, TaskDefinition task)
    {
        live.Work = DriveAsync(live, live.Waits ? StartInTurnAsync(live, task) : StartAsync(live, task));

        // A stop that began meanwhile may not have seen this run.
        if (_stopping)
        {
            Withdraw(live.Run, Stopping());
        }
    }

    /// <remarks>Apart from <see cref="DriveAsync"/>, and without the request, which would be held as long as the run runs.</remarks>
    private async Task<RunProcesses?> StartInTurnAsync(LiveRun live, TaskDefinition task)
    {
        ExecLog.Waits(log, live.Run.Id, live.Run.Task, live.Run.Scopes.ToString());
        await live.Ticket.Granted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waitingRoom.Leave(live.HeldBytes);
        return await StartAsync(live, task);
    }

    private async Task DriveAsync(LiveRun live, Task<RunProcesses?> starting)
    {
        try
        {
            if (await starting is { } processes)
            {
                await FinishAsync(live, processes);
            }
        }
        catch (Exception e)
        {
            Break(live, e);
        }
    }
}
