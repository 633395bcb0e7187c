using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Engine;

/// <summary>A run, and what the engine holds for it.</summary>
internal sealed class LiveRun(Run run, ScopeTicket ticket, long order)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Run Run { get; } = run;

    public ScopeTicket Ticket { get; } = ticket;

    /// <summary>Its place among all requests for locks.</summary>
    public long Order { get; } = order;

    /// <summary>Its locks were not free when it asked for them.</summary>
    public bool Waits { get; init; }

    /// <summary>What it may hold in memory while it waits, in bytes.</summary>
    public int HeldBytes { get; init; }

    /// <summary>What was asked for, until its processes run.</summary>
    public RunRequest? Request { get; set; }

    /// <summary>What is to be noted of it, until that is done.</summary>
    public RunRequest? ToNote { get; set; }

    /// <summary>Of <see cref="Run.Noted"/>.</summary>
    public TaskCompletionSource? Noting { get; set; }

    /// <summary>Its input, or what it was asked with of that, is with the notes of runs that wait, and not in <see cref="Request"/> or <see cref="Run.Input"/>.</summary>
    public bool IsInputNoted { get; set; }

    /// <summary>Set once they run.</summary>
    public RunProcesses? Processes { get; set; }

    /// <summary>Watches over its time while its processes run.</summary>
    public RunTimer? Timer { get; set; }

    /// <summary>Whether observers know that it has its locks, or had them, and are to be told that it gives them back.</summary>
    public bool IsToldToHold { get; set; }

    /// <summary>Whether its processes have been told to end, and may not all be gone with their descendants.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Its processes, and its <c>finish</c> if it has one, had ended when this instance of the service came to know of it.</summary>
    public bool WasOver { get; init; }

    /// <summary>What drives it. It never fails: it ends the run in any case, or leaves it to the instance that follows this one.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Ends the wait for callers that are to come from the instance before.</summary>
    public ITimer? CallersExpected { get; set; }

    /// <summary>Ends the wait for a reader that is to come from the instance before.</summary>
    public ITimer? ReaderExpected { get; set; }

    /// <summary>What comes of it that the last of these did not come. It never fails.</summary>
    public Task Leaving { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the run has ended, in whatever way.</summary>
    public Task Gone => _gone.Task;

    public void SetGone() => _gone.TrySetResult();
}
