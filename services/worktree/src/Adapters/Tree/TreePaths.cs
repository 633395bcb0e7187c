using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Opens directories by their path in the tree, however long it is, without following symlinks.</summary>
internal static class TreePaths
{
    /// <summary>The kernel takes 4095 bytes in one call.</summary>
    private const int LongestCall = 4000;

    /// <param name="path">Relative to the root; empty for the root itself.</param>
    /// <returns>0, or errno.</returns>
    public static int TryOpenDirectory(FileDescriptor root, ReadOnlySpan<byte> path, out FileDescriptor? directory)
    {
        if (path.Length <= LongestCall)
        {
            return Opening.TryBeneath(root, path.IsEmpty ? "."u8 : path, OpenFlags.Directory, out directory);
        }

        FileDescriptor? step = null;
        while (true)
        {
            int cut = path.Length <= LongestCall ? path.Length : path[..LongestCall].LastIndexOf((byte)'/');
            int errno = Opening.TryBeneath(step ?? root, path[..cut], OpenFlags.Directory, out directory);
            step?.Dispose();
            if (errno != 0 || cut == path.Length)
            {
                return errno;
            }

            step = directory;
            path = path[(cut + 1)..];
        }
    }
}
