using PvExec.Hosting.Notify;
using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Empties a directory of a load that was not finished. Symlinks are removed, never followed.</summary>
internal static class TreeRemoval
{
    private const int PrivateDirectory = 0x1C0 /* 0700 */;

    /// <param name="progress">Told of each name.</param>
    /// <exception cref="FileCallException">Something could not be removed.</exception>
    public static void Empty(FileDescriptor directory, StartProgress? progress = null)
    {
        foreach (byte[] name in DirectoryEntries.Read(directory))
        {
            progress?.Step();
            int errno = Names.TryRemove(directory, name, false);
            if (errno is FileErrno.EISDIR or FileErrno.EPERM)
            {
                errno = RemoveDirectory(directory, name, progress);
            }

            if (errno != 0 && errno != FileErrno.ENOENT)
            {
                throw new FileCallException($"unlinkat({PathText.Show(name)})", errno);
            }
        }
    }

    private static int RemoveDirectory(FileDescriptor parent, byte[] name, StartProgress? progress)
    {
        int errno = Opening.TryAt(parent, name, OpenFlags.Directory, out FileDescriptor? inner);
        if (errno == FileErrno.EACCES && Metadata.TrySetMode(parent, name, PrivateDirectory) == 0)
        {
            errno = Opening.TryAt(parent, name, OpenFlags.Directory, out inner);
        }

        if (inner is null)
        {
            return errno;
        }

        using (inner)
        {
            // A directory that was finished already may be read-only.
            Metadata.SetMode(inner, PrivateDirectory);
            Empty(inner, progress);
        }

        return Names.TryRemove(parent, name, true);
    }
}
