using PvExec.Hosting.Init;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Engine;

/// <summary>One start of a process.</summary>
internal sealed class Run(Child child, ulong generation)
{
    private int _acknowledged;

    public Child Child { get; } = child;

    public ulong Generation { get; } = generation;

    public bool HasEnded => Child.Exited.IsCompleted;

    /// <summary>What waits for its end; kept so that nothing runs unobserved.</summary>
    public Task Watching { get; set; } = Task.CompletedTask;

    /// <summary>Null when there is none.</summary>
    public OutputReader? Output { get; set; }

    /// <summary>pv-init is told once.</summary>
    public bool TakeAcknowledgement() => Interlocked.Exchange(ref _acknowledged, 1) == 0;
}
