using PvExec.Hosting.Init;
using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>
/// The root of the tree as earlier instances of the service had it open. flock(2) belongs to the open file, not to the
/// process: as long as somebody keeps it open, the lock is never released in between.
/// </summary>
/// <param name="descriptors">Theirs to close, if they are roots.</param>
public sealed class KeptRoots(IEnumerable<KeptDescriptor> descriptors) : IDisposable
{
    /// <summary>What the root is kept as.</summary>
    public const string Name = "worktree-root";

    private readonly List<FileDescriptor> _roots = [.. descriptors.Where(one => one.Name == Name).Select(one => FileDescriptor.From(one.Handle))];

    public static KeptRoots None => new([]);

    /// <summary>One that is the same directory, locked; null when there is none.</summary>
    public FileDescriptor? Take(FileDescriptor directory)
    {
        FileStat wanted = Statx.Of(directory);
        int at = _roots.FindIndex(root => Statx.Of(root) is var stat && stat.Device == wanted.Device && stat.Inode == wanted.Inode);
        if (at < 0 || !AdvisoryLock.TryTake(_roots[at]))
        {
            return null;
        }

        FileDescriptor root = _roots[at];
        _roots.RemoveAt(at);
        return root;
    }

    /// <summary>Closes the rest: further copies, or another tree's.</summary>
    public void Dispose()
    {
        _roots.ForEach(root => root.Dispose());
        _roots.Clear();
    }
}
