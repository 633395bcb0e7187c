using System.Globalization;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Places;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>
/// Keeps the marker of a directory: as an attribute of the directory, which goes where it goes and is in no snapshot; where
/// the file system has none, in a file below the runtime directory, which does not outlive a restart of the machine.
/// </summary>
/// <param name="stateDirectory">This service's own.</param>
public sealed class MarkerFile(string stateDirectory)
{
    private static ReadOnlySpan<byte> Attribute => "user.pv-exec.worktree"u8;

    /// <summary>Null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Marker? Read(FileDescriptor root)
    {
        if (Xattrs.TryGet(root, Attribute, out byte[] value) == 0)
        {
            return Marker.Parse(value);
        }

        string file = FileOf(root);
        return File.Exists(file) ? Marker.Parse(File.ReadAllBytes(file)) : null;
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(FileDescriptor root, Marker marker)
    {
        byte[] value = marker.ToBytes();
        if (Xattrs.TrySet(root, Attribute, value) != 0)
        {
            Directory.CreateDirectory(stateDirectory);
            string file = FileOf(root);
            File.WriteAllBytes(file + ".new", value);
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(FileDescriptor root)
    {
        int errno = Xattrs.TryRemove(root, Attribute);
        if (errno is not (0 or FileErrno.ENODATA or FileErrno.ENOTSUP))
        {
            throw new FileCallException("fremovexattr(the worktree's root)", errno);
        }

        string file = FileOf(root);
        if (File.Exists(file))
        {
            File.Delete(file);
        }
    }

    private string FileOf(FileDescriptor root)
    {
        FileStat stat = Statx.Of(root);
        return Path.Combine(stateDirectory, string.Create(CultureInfo.InvariantCulture, $"directory-{stat.Device:x}-{stat.Inode}"));
    }
}
