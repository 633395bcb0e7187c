using PvExec.Kernel;
using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Adapters.Store;

/// <summary>Turns what the kernel says about a store's file into what a person can do about it.</summary>
internal static class StoreFault
{
    public static Fault Of(FileCallException error, string path, bool writing) => error.Errno switch
    {
        FileErrno.ENOSPC or FileErrno.EDQUOT => new Fault(
            FaultKind.ResourceExhausted, $"the store has no room for {path} ({error.Message}): free some space there; the snapshots in it are intact"),
        FileErrno.EROFS => new Fault(
            FaultKind.PermissionDenied, $"the store is read-only: {path} ({error.Message}); mount it writable or give another --store"),
        FileErrno.EACCES or FileErrno.EPERM => new Fault(
            FaultKind.PermissionDenied, $"the store does not let this user {(writing ? "write" : "read")} {path} ({error.Message}): change its permissions or give another --store"),
        FileErrno.ENOTDIR => new Fault(
            FaultKind.FailedPrecondition, $"the store's path {path} goes through something that is no directory: give another --store"),
        FileErrno.ENOENT when !writing => new Fault(FaultKind.NotFound, $"{path} is not in the store"),
        _ => new Fault(FaultKind.Internal, $"the store failed at {path}: {error.Message}"),
    };
}
