using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Engine;

/// <summary>A run that has no result yet, and what the engine holds for it.</summary>
internal sealed class LiveRun(Run run, ScopeTicket ticket)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Run Run { get; } = run;

    public ScopeTicket Ticket { get; } = ticket;

    /// <summary>Set once they run.</summary>
    public RunProcesses? Processes { get; set; }

    /// <summary>Watches over its time while its processes run.</summary>
    public RunTimer? Timer { get; set; }

    /// <summary>What drives it. It never fails: it ends the run in any case.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the engine has forgotten the run.</summary>
    public Task Gone => _gone.Task;

    public void SetGone() => _gone.TrySetResult();
}
