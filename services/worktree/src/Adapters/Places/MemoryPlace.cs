using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>A tmpfs mounted at the mount point; it outlives this service and ends with the mount namespace.</summary>
/// <param name="mountPoint">Absolute, without symlinks.</param>
public sealed class MemoryPlace(FileDescriptor root, byte[] mountPoint, bool resumed) : TreePlace(root, WorktreeMode.Memory, resumed)
{
    private const string SourcePrefix = "pv-worktree:";

    /// <summary>What mountinfo shows as the source.</summary>
    public static string Source(string worktree) => SourcePrefix + worktree;

    /// <summary>The worktree of a mount of ours, or null.</summary>
    public static string? WorktreeOf(MountInfo? mount) =>
        mount is { FileSystem: "tmpfs" } && mount.Source.StartsWith(SourcePrefix, StringComparison.Ordinal) ? mount.Source[SourcePrefix.Length..] : null;

    public override void Saved(Hash256 snapshot)
    {
        // The mount's source says whose it is, and it is gone before its snapshot could be out of date.
    }

    public override Outcome<Unit> Release()
    {
        Root.Dispose();
        int errno = Mounting.TryUnmount(mountPoint, lazily: false);
        if (errno == FileErrno.EBUSY)
        {
            // Somebody has a file open or stands in it: the name goes now, the memory with the last user.
            errno = Mounting.TryUnmount(mountPoint, lazily: true);
        }

        return errno == 0 ? Unit.Value : new Fault(FaultKind.Internal, new FileCallException($"umount2({PathText.Show(mountPoint)})", errno).Message);
    }
}
