using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Adapters;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Core;

namespace PvExec.Worktrees;

/// <summary>Holds the worktree, or the fact that there is none, from the start of the daemon to its stop.</summary>
public sealed class WorktreeHost(
    DaemonOptions options,
    Inheritance inheritance,
    DescriptorStore descriptors,
    StartProgress progress,
    ISaveLock saveLock,
    ICaptureFreeze freeze,
    IWorktreeObserver observer,
    TimeProvider time,
    ILoggerFactory logs) : IAsyncDisposable
{
    private readonly ILogger _log = logs.CreateLogger<WorktreeHost>();
    private readonly Channel<bool> _stored = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Worktree? _worktree;

    /// <summary>The worktree; FailedPrecondition when the daemon has no mount point.</summary>
    public Outcome<Worktree> Worktree => _worktree is { } worktree
        ? worktree
        : new Fault(FaultKind.FailedPrecondition, "there is no worktree: start the daemon with -mount-point, -worktree and --store");

    /// <summary>Told after each save that stored something. Holds one note, further ones are dropped.</summary>
    public ChannelReader<bool> Stored => _stored.Reader;

    /// <summary>Null without a worktree.</summary>
    public SnapshotStore? Store { get; private set; }

    public async Task<Outcome<Unit>> StartAsync(CancellationToken cancellationToken)
    {
        if (WorktreeOptions.From(options) is not { } asked)
        {
            return Unit.Value;
        }

        if (!DirectoryBlobStore.FromUrl(asked.Store, asked.Given(DaemonFlags.Store)).TryGet(out DirectoryBlobStore? blobs, out Fault? fault))
        {
            return fault;
        }

        Store = new SnapshotStore(blobs);
        using var kept = new KeptRoots([.. inheritance.HandedOver, .. inheritance.Stored]);
        Outcome<Worktree> started = await PvExec.Worktrees.Worktree.StartAsync(
            asked, options.Paths.State(Service.Worktree), kept, Store, progress, saveLock, freeze, observer, time, logs, cancellationToken);
        return started.Then<Unit>(worktree =>
        {
            _worktree = worktree;
            KeepRoot(worktree);
            return Unit.Value;
        });
    }

    public async Task<Outcome<SaveResult>> SaveAsync(CancellationToken cancellationToken)
    {
        if (!Worktree.TryGet(out Worktree? worktree, out Fault? fault))
        {
            return fault;
        }

        Outcome<SaveResult> saved = await worktree.SaveAsync(cancellationToken);
        if (saved.Fault is null && saved.Value.Changed)
        {
            _stored.Writer.TryWrite(true);
        }

        return saved;
    }

    /// <summary>The final save and the unmount; after a fault the tree stays where it is.</summary>
    public async Task<Outcome<Unit>> FinishAsync(TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        if (_worktree is not { } worktree)
        {
            return Unit.Value;
        }

        // A copy that is open elsewhere would keep the mount busy.
        Outcome<Unit> removed = descriptors.Remove(KeptRoots.Name);
        removed = removed.Fault is null ? await descriptors.SettledAsync() : removed;
        if (removed.Fault is { } fault)
        {
            WorktreeLog.RootNotKept(_log, fault.Detail);
        }

        return (await worktree.FinishAsync(timeLeft, cancellationToken)).Then<Unit>(_ => Unit.Value);
    }

    /// <summary>Another instance keeps the worktree from now on; what has begun is finished first.</summary>
    public async Task<Legacy> HandOverAsync()
    {
        if (_worktree is not { } worktree)
        {
            return Legacy.None;
        }

        await worktree.HandOverAsync();
        return Legacy.None with { Descriptors = [new KeptDescriptor(KeptRoots.Name, worktree.Root)] };
    }

    public ValueTask DisposeAsync() => _worktree?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>So that after a kill of this service no other daemon takes the tree before the next instance does.</summary>
    private void KeepRoot(Worktree worktree)
    {
        // What earlier instances stored goes: it may be another tree's.
        Outcome<Unit> removed = descriptors.Remove(KeptRoots.Name);
        Outcome<Unit> stored = removed.Fault is null ? descriptors.Put(KeptRoots.Name, worktree.Root) : removed;
        if (stored.Fault is { } fault)
        {
            WorktreeLog.RootNotKept(_log, fault.Detail);
        }
    }
}
