using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Adapters;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Adapters.Tree;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Core.Snapshots;
using PvExec.Worktrees.Saving;
using PvExec.Worktrees.Starting;

namespace PvExec.Worktrees;

/// <summary>The worktree of this root process, from its start to its final save.</summary>
public sealed class Worktree : IAsyncDisposable
{
    private readonly TreePlace _place;
    private readonly Saver _saver;
    private readonly SaveQueue _queue;
    private readonly IWorktreeObserver _observer;
    private readonly TimeProvider _time;

    /// <summary>The tree at the first look, to compare with until the first save.</summary>
    private CaptureMemory? _baseline;
    private readonly ILogger _log;
    private volatile bool _final;
    private volatile string _lastSaveError = "";

    /// <summary>Guards the two below, and that observers are told of both in the order in which they came to be. A leaf.</summary>
    private readonly Lock _stateLock = new();
    private bool _dirty;
    private long _saves;

    /// <summary>What is kept of the time for the final save, to say that it did not end and to leave.</summary>
    private static readonly TimeSpan LeavingTime = TimeSpan.FromSeconds(1);

    private Worktree(WorktreeOptions options, TreePlace place, Saver saver, IWorktreeObserver observer, TimeProvider time, ILogger log)
    {
        Options = options;
        (_place, _saver, _observer, _time, _log) = (place, saver, observer, time, log);
        _queue = new SaveQueue(SaveOnceAsync);
    }

    public WorktreeOptions Options { get; }

    /// <summary>Memory or Directory.</summary>
    public WorktreeMode Mode => _place.Mode;

    /// <summary>Newest first, as of the last save.</summary>
    public IReadOnlyList<SnapshotInfo> Snapshots => _saver.Stored.Head.Snapshots;

    public bool Saving => _queue.Saving;

    /// <summary>The root of the tree, locked as long as it is open.</summary>
    public SafeHandle Root => _place.Root;

    /// <summary>Why the last save failed; empty when it did not.</summary>
    public string LastSaveError => _lastSaveError;

    /// <summary>A difference from the last snapshot was found since the last save.</summary>
    public bool IsDirty
    {
        get
        {
            lock (_stateLock)
            {
                return _dirty;
            }
        }
    }

    /// <summary>How many saves have succeeded since the start.</summary>
    public long Saves
    {
        get
        {
            lock (_stateLock)
            {
                return _saves;
            }
        }
    }

    /// <summary>Looks whether the tree differs from what was saved last, or, before the first save, from what it was at the first look.</summary>
    /// <remarks>One caller at a time. Observers are told of the first difference after a save.</remarks>
    /// <returns>False when it does not, when a save ended meanwhile, and when the tree cannot be walked now.</returns>
    public bool LookForChanges(CancellationToken cancellationToken)
    {
        long saves = Saves;
        try
        {
            CaptureMemory before = _saver.Memory ?? (_baseline ??= DirtyCheck.Baseline(_place.Root, cancellationToken));
            bool differs = DirtyCheck.Differs(_place.Root, before, cancellationToken);
            return Looked(differs, saves);
        }
        catch (Exception e) when (e is IOException or FaultException or ObjectDisposedException)
        {
            // The next save meets the same and says so.
            return false;
        }
    }

    /// <param name="saves">Before the look.</param>
    private bool Looked(bool differs, long saves)
    {
        lock (_stateLock)
        {
            bool isNews = differs && !_dirty && saves == _saves;
            _dirty = differs && saves == _saves;
            if (isNews)
            {
                _observer.Dirty(_time.GetUtcNow());
            }

            return _dirty;
        }
    }

    /// <summary>Brings the worktree to its mount point.</summary>
    /// <param name="stateDirectory">This service's own, below the runtime directory.</param>
    /// <param name="kept">Of earlier instances.</param>
    /// <param name="progress">Told of each step of a load, which may be long.</param>
    public static async Task<Outcome<Worktree>> StartAsync(
        WorktreeOptions options, string stateDirectory, KeptRoots kept, SnapshotStore store, StartProgress progress, ISaveLock saveLock, ICaptureFreeze freeze, IWorktreeObserver observer, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            return new Fault(FaultKind.InvalidArgument, problem);
        }

        var start = new WorktreeStart(options, new PlaceOpener(options, stateDirectory, kept, progress), store, progress, time, logs.CreateLogger<WorktreeStart>());
        Outcome<(TreePlace Place, StoredState Stored)> started = await start.RunAsync(cancellationToken);
        return started.Then<Worktree>(found => new Worktree(
            options, found.Place, new Saver(found.Place, store, saveLock, freeze, found.Stored, time, logs.CreateLogger<Saver>()), observer, time, logs.CreateLogger<Worktree>()));
    }

    /// <summary>Returns when the worktree as it stood at the call is durable in the store.</summary>
    public Task<Outcome<SaveResult>> SaveAsync(CancellationToken cancellationToken) => _queue.RequestAsync(cancellationToken);

    /// <summary>
    /// The save at the stop of the whole system: everything is compared by content, no lock is taken since exec and all
    /// tasks have ended, and the mount goes only when all is saved. A save that is on its way is waited for.
    /// </summary>
    /// <param name="timeLeft">After this the process is killed.</param>
    /// <returns>A fault, DeadlineExceeded among them, leaves the tree as it is.</returns>
    public async Task<Outcome<SaveResult>> FinishAsync(TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        _final = true;
        Outcome<SaveResult> saved = await SaveLastAsync(timeLeft, cancellationToken);
        if (saved.Fault is { } fault)
        {
            WorktreeLog.FinalSaveFailed(_log, Options.MountPoint, fault.Detail);
            return saved;
        }

        Outcome<Unit> released = _place.Release();
        if (released.Fault is { } stuck)
        {
            WorktreeLog.UnmountFailed(_log, Options.MountPoint, stuck.Detail);
        }

        return saved;
    }

    /// <summary>Another instance keeps the tree from now on: what has begun is finished, nothing else is saved here, and the final save is not ours.</summary>
    public Task HandOverAsync() => _queue.HandOverAsync();

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _place.Dispose();
    }

    private async Task<Outcome<SaveResult>> SaveLastAsync(TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        TimeSpan limit = timeLeft > 2 * LeavingTime ? timeLeft - LeavingTime : timeLeft / 2;
        using var late = new CancellationTokenSource(limit, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await _queue.RequestLastAsync(ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault(
                FaultKind.DeadlineExceeded,
                $"it did not end within {limit.TotalSeconds:0.#} s: save before stopping, or start with a longer --stop-timeout");
        }
    }

    private async Task<Outcome<SaveResult>> SaveOnceAsync(Func<bool> begin, CancellationToken cancellationToken)
    {
        Outcome<SaveResult> saved = await _saver.SaveAsync(begin, locked: !_final, cancellationToken);
        _lastSaveError = saved.Fault?.Detail ?? "";
        if (saved.TryGet(out SaveResult? save, out Fault? fault))
        {
            lock (_stateLock)
            {
                _saves++;
                _dirty = false;
                _observer.Saved(save);
            }
        }
        else
        {
            WorktreeLog.SaveFailed(_log, fault.Detail);
        }

        return saved;
    }
}
