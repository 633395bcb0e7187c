using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Core;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>A store and worktrees in it.</summary>
internal sealed class Rig : IDisposable
{
    public Rig()
    {
        Blobs = new CountingStore(DirectoryBlobStore.FromUrl("file://" + Scratch.At("store")).Value);
        Store = new SnapshotStore(Blobs);
    }

    public Scratch Scratch { get; } = new();

    public CountingStore Blobs { get; }

    public SnapshotStore Store { get; }

    public CountedFreeze Freeze { get; } = new();

    public RecordingNotifier Notifier { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public CountedLock Lock { get; } = new();

    public Task<Outcome<Worktree>> TryStartAsync(
        string id, string mountPoint, string? source = null, WorktreeMode mode = WorktreeMode.Directory, string state = "state", KeptRoots? kept = null) =>
        Worktree.StartAsync(
            new WorktreeOptions { MountPoint = Scratch.At(mountPoint), Worktree = id, Store = "file://" + Scratch.At("store"), SourceWorktree = source, Mode = mode },
            Scratch.At(state), kept ?? KeptRoots.None, Store, new StartProgress(Notifier, TimeProvider.System), Lock, Freeze, Observer, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    public async Task<Worktree> StartAsync(string id, string mountPoint, string? source = null, WorktreeMode mode = WorktreeMode.Directory, string state = "state") =>
        (await TryStartAsync(id, mountPoint, source, mode, state)).Value;

    public static async Task<SaveResult> SaveAsync(Worktree worktree) => (await worktree.SaveAsync(TestContext.Current.CancellationToken)).Value;

    public void Dispose() => Scratch.Dispose();
}
