using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Core.Tasks;
using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>One execution of a task, from the request to the result.</summary>
public sealed class Run
{
    /// <summary>Guards the state and <see cref="_completedAtOnce"/>; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly TaskCompletionSource<Outcome<RunResult>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _completedAtOnce;
    private RunState _state;
    private RunStart? _start;
    private RunEnded? _ending;

    public Run(RunId id, string task, ScopeSet scopes, DateTimeOffset requested, RunOutput output, RunState state = RunState.Waiting)
    {
        Id = id;
        Task = task;
        Scopes = scopes;
        Requested = requested;
        Output = output;
        _state = state;
    }

    public RunId Id { get; }

    /// <summary>The task's name.</summary>
    public string Task { get; }

    public ScopeSet Scopes { get; }

    public DateTimeOffset Requested { get; }

    public RunOutput Output { get; }

    /// <summary>What it reads, when that comes while it waits and runs; null when all of it was in the request.</summary>
    public IRunInput? Input { get; set; }

    public RunTimeouts Timeouts { get; init; } = RunTimeouts.None;

    /// <summary>Who is told that it starts and ends, or null.</summary>
    public RunWatches? Watches { get; init; }

    /// <summary>What its first caller calls it, or null.</summary>
    public ClientToken? Token { get; init; }

    /// <summary>Whether its end is the end of everything. What it prints goes where pv-init's own output goes, and is not recorded.</summary>
    public bool IsMain => Token == ClientToken.OfMain;

    public RunState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>The result, once all output has been read; a fault when the run was withdrawn or could not be started.</summary>
    public Task<Outcome<RunResult>> Completion => _completion.Task;

    /// <summary>Completes with <see cref="Completion"/>. What awaits it goes on at once, on the thread that completes the run: it must be short, and wait for nothing.</summary>
    public Task CompletedAtOnce
    {
        get
        {
            lock (_lock)
            {
                return Completion.IsCompleted ? Completion : (_completedAtOnce ??= new()).Task;
            }
        }
    }

    /// <summary>Null until its processes run.</summary>
    public RunStart? Start
    {
        get => Volatile.Read(ref _start);
        set
        {
            Volatile.Write(ref _start, value);
            Tell();
        }
    }

    /// <summary>How its processes ended, while the task's <c>finish</c> runs and afterwards; null without one.</summary>
    public RunEnded? Ending
    {
        get => Volatile.Read(ref _ending);
        set
        {
            Volatile.Write(ref _ending, value);
            Tell();
        }
    }

    /// <summary>Completes when it would outlive this service in its place in the queues, if it is to: no caller is told that it is accepted before.</summary>
    public Task Noted { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    /// <summary>Its state, its output or its result has changed.</summary>
    public ChangeSignal Changes => Output.Changes;

    /// <summary>Moves the run on; the caller does what is returned.</summary>
    public RunAction On(RunSignal signal)
    {
        lock (_lock)
        {
            (_state, RunAction action) = RunLifecycle.Step(_state, signal);
            return action;
        }
    }

    public void Complete(Outcome<RunResult> outcome)
    {
        _completion.TrySetResult(outcome);
        Tell();
        TaskCompletionSource? atOnce;
        lock (_lock)
        {
            atOnce = _completedAtOnce;
        }

        atOnce?.TrySetResult();
    }

    private void Tell()
    {
        Changes.Set();
        Watches?.Changed(this);
    }
}
