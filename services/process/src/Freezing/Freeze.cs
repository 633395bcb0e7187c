using PvExec.Hosting.Init;

namespace PvExec.Processes.Freezing;

/// <summary>Processes that stand still for somebody.</summary>
internal sealed class Freeze(ulong id, string reason, IReadOnlyDictionary<string, Child> processes)
{
    private readonly TaskCompletionSource _thawAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Id { get; } = id;

    /// <summary>What for, for people.</summary>
    public string Reason { get; } = reason;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Child> Processes { get; } = processes;

    /// <summary>Completes when its asker wants it to end.</summary>
    public Task ThawAsked => _thawAsked.Task;

    /// <summary>Completes when its processes run again.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    public void AskToThaw() => _thawAsked.TrySetResult();
}
