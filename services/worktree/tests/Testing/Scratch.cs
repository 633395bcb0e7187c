using System.Text;
using PvExec.Linux.Trees;

namespace PvExec.Worktrees.Tests.Testing;

/// <summary>A directory below /tmp, removed with all that is in it and mounted on it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("pv-worktree-test-").FullName;

    public string At(string name) => Path.Combine(Root, name);

    public string Make(string name) => Directory.CreateDirectory(At(name)).FullName;

    public static FileDescriptor Open(string path) => Opening.Path(Encoding.UTF8.GetBytes(path), OpenFlags.Directory);

    public void Dispose()
    {
        foreach (MountInfo mount in MountInfo.Read().Reverse())
        {
            if (Encoding.UTF8.GetString(mount.MountPoint).StartsWith(Root + "/", StringComparison.Ordinal))
            {
                Mounting.TryUnmount(mount.MountPoint, lazily: true);
            }
        }

        using FileDescriptor root = Open(Root);
        PvExec.Worktrees.Adapters.Tree.TreeRemoval.Empty(root);
        Directory.Delete(Root);
    }
}
