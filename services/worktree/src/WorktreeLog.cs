using Microsoft.Extensions.Logging;

namespace PvExec.Worktrees;

/// <summary>Every log line of this service; IDs 5000 to 5999.</summary>
internal static partial class WorktreeLog
{
    [LoggerMessage(5000, LogLevel.Information, "worktree '{Worktree}' is in {MountPoint} ({Mode}): {Entries} entries loaded from '{Source}' in {Milliseconds} ms")]
    public static partial void Loaded(ILogger log, string worktree, string mountPoint, string mode, int entries, string source, long milliseconds);

    [LoggerMessage(5001, LogLevel.Information, "worktree '{Worktree}' is in {MountPoint} ({Mode}), empty")]
    public static partial void StartedEmpty(ILogger log, string worktree, string mountPoint, string mode);

    [LoggerMessage(5002, LogLevel.Information, "worktree '{Worktree}' is still in {MountPoint} ({Mode}): going on with it, nothing is loaded")]
    public static partial void Resumed(ILogger log, string worktree, string mountPoint, string mode);

    [LoggerMessage(5003, LogLevel.Warning, "worktree '{Worktree}' starts empty though the store has a snapshot of it of {Created:u}: the next save puts the new tree above it (give -source-worktree {Worktree} to load it)")]
    public static partial void EmptyOverSnapshots(ILogger log, string worktree, DateTimeOffset created);

    [LoggerMessage(5004, LogLevel.Warning, "the store has a newer snapshot of worktree '{Worktree}' ({Snapshot}) than the directory {MountPoint}: the next save puts the directory above it")]
    public static partial void DirectoryIsOlder(ILogger log, string worktree, string snapshot, string mountPoint);

    [LoggerMessage(5005, LogLevel.Warning, "loading left out what this user may not make: the owners of {Owners} entries, {Xattrs} extended attributes, {Nodes} device nodes")]
    public static partial void Incomplete(ILogger log, int owners, int xattrs, int nodes);

    [LoggerMessage(5006, LogLevel.Warning, "the latest snapshot cannot be read, so the next save stores everything anew: {Detail}")]
    public static partial void LatestUnreadable(ILogger log, string detail);

    [LoggerMessage(5010, LogLevel.Information, "saved {Snapshot}: {Entries} entries, {UploadedBytes} bytes uploaded, captured in {CaptureMilliseconds} ms, {Milliseconds} ms in all")]
    public static partial void Saved(ILogger log, string snapshot, long entries, long uploadedBytes, long captureMilliseconds, long milliseconds);

    [LoggerMessage(5011, LogLevel.Error, "the save failed: {Detail}")]
    public static partial void SaveFailed(ILogger log, string detail);

    [LoggerMessage(5012, LogLevel.Warning, "'{Path}' went on changing while it was read; the snapshot has its last state")]
    public static partial void Unsettled(ILogger log, string path);

    [LoggerMessage(5013, LogLevel.Warning, "{Count} sockets or mounted file systems in the worktree are not part of its snapshots")]
    public static partial void Skipped(ILogger log, int count);

    [LoggerMessage(5014, LogLevel.Warning, "the locks of the save did not last until its end, a task may have written meanwhile: the tree is captured again")]
    public static partial void LockLost(ILogger log);

    [LoggerMessage(5015, LogLevel.Warning, "the processes run on while the tree is captured: {Detail}")]
    public static partial void NotFrozen(ILogger log, string detail);

    [LoggerMessage(5016, LogLevel.Warning, "the processes go on when their freeze is over, they could not be thawed now: {Detail}")]
    public static partial void NotThawed(ILogger log, string detail);

    [LoggerMessage(5020, LogLevel.Information, "removed {Count} files from the store that no snapshot needs")]
    public static partial void Collected(ILogger log, int count);

    [LoggerMessage(5021, LogLevel.Warning, "collecting what no snapshot needs failed, nothing is removed: {Detail}")]
    public static partial void CollectionFailed(ILogger log, string detail);

    [LoggerMessage(5030, LogLevel.Critical, "THE FINAL SAVE FAILED, the latest changes are only in {MountPoint}, which is left as it is: {Detail}")]
    public static partial void FinalSaveFailed(ILogger log, string mountPoint, string detail);

    [LoggerMessage(5031, LogLevel.Error, "{MountPoint} could not be unmounted (all is saved): {Detail}")]
    public static partial void UnmountFailed(ILogger log, string mountPoint, string detail);

    [LoggerMessage(5032, LogLevel.Warning, "the lock of the worktree's root would not outlive pv-worktree, or its mount is busy for a while: {Detail}")]
    public static partial void RootNotKept(ILogger log, string detail);
}
