using System.Collections.Concurrent;
using PvExec.Worktrees.Core;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>Keeps what it was told.</summary>
internal sealed class RecordingObserver : IWorktreeObserver
{
    private readonly ConcurrentQueue<SaveResult> _saves = new();

    public IReadOnlyList<SaveResult> Saves => [.. _saves];

    public void Saved(SaveResult save) => _saves.Enqueue(save);

    /// <summary>How often it was told that the tree differs.</summary>
    public int Differences { get; private set; }

    public void Dirty(DateTimeOffset seen) => Differences++;
}
