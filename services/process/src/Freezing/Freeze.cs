using PvExec.Hosting.Init;

namespace PvExec.Processes.Freezing;

/// <summary>Processes that stand still for somebody.</summary>
internal sealed class Freeze(ulong id, string reason, IReadOnlyDictionary<string, Child> processes, TimeSpan timeLimit, TimeProvider clock) : IDisposable
{
    // CancelAfter takes no more than 2^32 - 2 ms.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private readonly TaskCompletionSource _thawAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _late = new(Bounded(timeLimit), clock);

    public ulong Id { get; } = id;

    /// <summary>What for, for people.</summary>
    public string Reason { get; } = reason;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Child> Processes { get; } = processes;

    /// <summary>Completes when its asker wants it to end.</summary>
    public Task ThawAsked => _thawAsked.Task;

    /// <summary>Cancelled when its time is over.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>Completes when its processes run again.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    public void AskToThaw() => _thawAsked.TrySetResult();

    /// <summary>Starts its time anew. Not after it was disposed of.</summary>
    /// <returns>False when it was over.</returns>
    public bool Renew(TimeSpan timeLimit)
    {
        _late.CancelAfter(Bounded(timeLimit));
        return !_late.IsCancellationRequested && !_thawAsked.Task.IsCompleted;
    }

    public void Dispose() => _late.Dispose();

    private static TimeSpan Bounded(TimeSpan limit) => limit < Longest ? limit : Longest;
}
