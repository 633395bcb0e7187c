using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>
/// Opens what its owner took the permission away from (mode 000): root may anyway; an ordinary user who owns it gives
/// the permission and takes it back at once.
/// </summary>
internal static class OwnerAccess
{
    /// <returns>Null when it is gone, or is no longer what it was.</returns>
    /// <exception cref="FaultException">Somebody else's, and not readable.</exception>
    public static FileDescriptor? Open(FileDescriptor directory, ReadOnlySpan<byte> name, ByteString path, FileStat stat, OpenFlags flags)
    {
        int errno = Opening.TryAt(directory, name, flags, out FileDescriptor? file);
        if (errno == FileErrno.EACCES)
        {
            int needed = stat.Type == FileType.Directory ? 0x1C0 : 0x100;
            if (Metadata.TrySetMode(directory, name, stat.Mode | needed) == 0)
            {
                errno = Opening.TryAt(directory, name, flags, out file);
                if (file is not null)
                {
                    Metadata.SetMode(file, stat.Mode);
                }
            }
        }

        return errno switch
        {
            0 => file,
            FileErrno.ENOENT or FileErrno.ENOTDIR or FileErrno.ELOOP or FileErrno.ENXIO => null,
            FileErrno.EACCES or FileErrno.EPERM => throw new FaultException(new Fault(
                FaultKind.PermissionDenied, $"'{path}' in the worktree belongs to user {stat.Uid} and may not be read: give read permission or remove it, then save again")),
            _ => throw new FileCallException($"openat({path}, {flags})", errno),
        };
    }
}
