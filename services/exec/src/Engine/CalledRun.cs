using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>A run and the callers that are there for it, when its service hands over to a new instance.</summary>
/// <param name="Callers">Their ids: each of them comes to the new instance by itself, or says there that it is gone.</param>
public sealed record CalledRun(RunId Id, IReadOnlyList<string> Callers)
{
    /// <summary>What the last caller that left wanted for the run, while only such are there as have not come back from an instance before; null when none has left.</summary>
    public OnDisconnect? LastToLeave { get; init; }
}
