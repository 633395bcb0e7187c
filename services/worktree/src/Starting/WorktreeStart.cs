using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Adapters.Places;
using PvExec.Worktrees.Adapters.Store;
using PvExec.Worktrees.Adapters.Tree;
using PvExec.Worktrees.Core.Places;
using PvExec.Worktrees.Core.Snapshots;
using PvExec.Worktrees.Saving;

namespace PvExec.Worktrees.Starting;

/// <summary>Brings the worktree to its mount point: looks, decides, and resumes or loads.</summary>
internal sealed class WorktreeStart(WorktreeOptions options, PlaceOpener places, SnapshotStore store, StartProgress progress, TimeProvider time, ILogger<WorktreeStart> log)
{
    public async Task<Outcome<(TreePlace Place, StoredState Stored)>> RunAsync(CancellationToken cancellationToken)
    {
        Outcome<Unit> opened = await store.Blobs.OpenAsync(cancellationToken);
        if (!opened.Succeeded(out Fault? fault))
        {
            return fault;
        }

        try
        {
            (PlaceState state, string holds, Marker? marker) = places.Inspect();
            PlaceAction action = PlaceRule.Decide(options.Mode, state);
            if (action == PlaceAction.Refuse)
            {
                return PlaceRule.Refusal(options.Mode, state, options.MountPoint, holds, options.Given(DaemonFlags.MountPoint), options.Given(DaemonFlags.WorktreeMode));
            }

            // A source's tree takes the place of the own latest: whether that can be read is told with the source, or is no matter.
            bool resumes = action is PlaceAction.ResumeMemory or PlaceAction.ResumeDirectory;
            ILogger unreadable = resumes || options.SourceWorktree is null ? log : NullLogger.Instance;
            Outcome<StoredState> read = await StoredState.ReadAsync(store, options.Worktree, unreadable, cancellationToken);
            if (!read.TryGet(out StoredState? own, out fault))
            {
                return fault;
            }

            return resumes
                ? await ResumeAsync(action, own, marker, cancellationToken)
                : await LoadAsync(action, own, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unusable(e);
        }
    }

    private async Task<Outcome<(TreePlace, StoredState)>> ResumeAsync(PlaceAction action, StoredState own, Marker? marker, CancellationToken cancellationToken)
    {
        Outcome<TreePlace> resumed = await places.OpenAsync(action, (_, _) => throw new InvalidOperationException("nothing is loaded on a resume"), cancellationToken);
        if (!resumed.TryGet(out TreePlace? place, out Fault? fault))
        {
            return fault;
        }

        if (marker is not null && own.Head.Latest is { } latest && marker.Snapshot != latest.Id)
        {
            WorktreeLog.DirectoryIsOlder(log, options.Worktree, latest.Id.ToString(), options.MountPoint);
        }

        WorktreeLog.Resumed(log, options.Worktree, options.MountPoint, Word(place));
        return (place, own);
    }

    private async Task<Outcome<(TreePlace, StoredState)>> LoadAsync(PlaceAction action, StoredState own, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        StoredState next = own;
        // A worktree that is its own source has nothing to start from the first time.
        bool first = options.SourceWorktree == options.Worktree && own.Head.Latest is null;
        if (options.SourceWorktree is { } source && !first)
        {
            var sources = new SourceSnapshot(store, time, options.Given(DaemonFlags.SourceWorktree));
            Outcome<StoredState> cloned = await sources.CloneAsync(own, source, cancellationToken);
            Outcome<TreePlace> filled = cloned.TryGet(out next!, out Fault? failed)
                ? await FillPlaceAsync(action, next.Latest!, cancellationToken)
                : failed;
            if (!filled.TryGet(out TreePlace? place, out failed))
            {
                Outcome<Unit> takenBack = await sources.TakeBackAsync(own, cancellationToken);
                return takenBack.Fault is { } second ? new Fault(failed.Kind, $"{failed.Detail} (and {second.Detail})") : failed;
            }

            place.Saved(next.Head.Latest!.Id);
            WorktreeLog.Loaded(log, options.Worktree, options.MountPoint, Word(place), next.Latest!.Entries.Count, source, (long)time.GetElapsedTime(started).TotalMilliseconds);
            return (place, next);
        }

        if (own.Head.Latest is { } latest)
        {
            WorktreeLog.EmptyOverSnapshots(log, options.Worktree, latest.Created);
        }

        Outcome<TreePlace> empty = await places.OpenAsync(action, (_, _) => Task.FromResult<Outcome<Unit>>(Unit.Value), cancellationToken);
        return empty.Then<(TreePlace, StoredState)>(place =>
        {
            WorktreeLog.StartedEmpty(log, options.Worktree, options.MountPoint, Word(place));
            return (place, own);
        });
    }

    /// <summary>A call that fails here is a fault, too: the head has to be taken back then.</summary>
    private async Task<Outcome<TreePlace>> FillPlaceAsync(PlaceAction action, Manifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await places.OpenAsync(action, (root, token) => FillAsync(root, manifest, token), cancellationToken);
        }
        catch (Linux.Trees.FileCallException e) when (e.Errno is Linux.Trees.FileErrno.ENOSPC or Linux.Trees.FileErrno.EDQUOT)
        {
            return new Fault(FaultKind.ResourceExhausted, $"{options.Given(DaemonFlags.MountPoint)} {options.MountPoint} has no room for the worktree: {e.Message}; free some space or memory there, then start again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unusable(e);
        }
    }

    private Fault Unusable(Exception error) =>
        new(FaultKind.Internal, $"{options.Given(DaemonFlags.MountPoint)} {options.MountPoint} cannot be used: {error.Message}; give a directory that this user may write");

    private async Task<Outcome<Unit>> FillAsync(Linux.Trees.FileDescriptor root, Manifest manifest, CancellationToken cancellationToken)
    {
        Outcome<LoadReport> loaded = await new TreeLoader(root, store, progress).RunAsync(manifest, cancellationToken);
        return loaded.Then<Unit>(report =>
        {
            if (!report.Complete)
            {
                WorktreeLog.Incomplete(log, report.Owners, report.Xattrs, report.Nodes);
            }

            return Unit.Value;
        });
    }

    private static string Word(TreePlace place) => place.Mode.ToString().ToLowerInvariant();
}
