using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Keeps the directory of the last entry open: entries come directory by directory. For one thread.</summary>
internal sealed class DirectoryCursor(FileDescriptor root) : IDisposable
{
    private FileDescriptor? _current;
    private byte[]? _path;

    /// <summary>The directory that a path is in.</summary>
    /// <returns>Null when it is gone, or a part of the path is no directory.</returns>
    /// <exception cref="FileCallException">The call failed otherwise.</exception>
    public FileDescriptor? Of(ByteString path)
    {
        ReadOnlySpan<byte> directory = path.Directory;
        if (_path is not null && directory.SequenceEqual(_path))
        {
            return _current;
        }

        _current?.Dispose();
        (_current, _path) = (null, null);
        int errno = TreePaths.TryOpenDirectory(root, directory, out FileDescriptor? opened);
        if (errno != 0)
        {
            return errno is FileErrno.ENOENT or FileErrno.ENOTDIR or FileErrno.ELOOP
                ? null
                : throw new FileCallException($"openat2({PathText.Show(directory)})", errno);
        }

        (_current, _path) = (opened, directory.ToArray());
        return opened;
    }

    public void Dispose() => _current?.Dispose();
}
