using System.Text;
using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Store;

/// <summary>
/// Blobs as files below a directory. A blob is written to <c>tmp/</c>, flushed, and renamed into place, and the
/// directories are flushed too, so that a file with a blob's name is always whole. Replacing takes flock(2) on the
/// file <c>lock</c>, which also works between machines on file systems that pass locks on.
/// </summary>
public sealed class DirectoryBlobStore(string root) : IBlobStore
{
    private const string Temporary = "tmp", LockName = "lock";
    private const int FileMode = 0x1B4 /* 0664 */, DirectoryMode = 0x1FD /* 0775 */;

    /// <summary>From a URL such as <c>file:///var/lib/pv-exec</c>.</summary>
    /// <param name="given">What it was given with, to be named when it is wrong.</param>
    public static Outcome<DirectoryBlobStore> FromUrl(string url, string given = "-store") =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.IsFile && uri.Host.Length == 0 && uri.LocalPath.Length > 1
            ? new DirectoryBlobStore(uri.LocalPath.TrimEnd('/'))
            : new Fault(FaultKind.InvalidArgument, $"{given} '{url}' is not supported: give a URL such as file:///var/lib/pv-exec");

    public string Url => "file://" + root;

    public ValueTask<Outcome<Unit>> OpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Guard(root, true, () =>
    {
        MakeDirectories(Path.Combine(root, Temporary));
        // Proves now that the store can be written to, not when the first save has done its work.
        using FileDescriptor probe = Open(Path.Combine(root, LockName), OpenFlags.ReadWrite | OpenFlags.Create);
        return Unit.Value;
    }));

    public ValueTask<Outcome<byte[]>> GetAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(At(name), false, () => ReadAll(At(name))));

    public ValueTask<Outcome<TaggedBlob?>> GetTaggedAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(At(name), false, () => ReadTagged(At(name))));

    public ValueTask<Outcome<Unit>> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(At(name), true, () =>
        {
            if (!PutAgain(At(name)))
            {
                WriteWhole(At(name), content.Span);
            }

            return Unit.Value;
        }));

    public ValueTask<Outcome<string?>> ReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(At(name), true, () =>
        {
            using FileDescriptor gate = TakeLock();
            if (ReadTagged(At(name))?.Tag != tag)
            {
                return null;
            }

            WriteWhole(At(name), content.Span);
            return Tag(content.Span);
        }));

    public ValueTask<Outcome<IReadOnlyList<BlobInfo>>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard<IReadOnlyList<BlobInfo>>(At(prefix), false, () =>
        {
            var found = new List<BlobInfo>();
            int slash = prefix.LastIndexOf('/');
            List(prefix[..Math.Max(slash, 0)], prefix, found);
            return found;
        }));

    public ValueTask<Outcome<bool>> DeleteAsync(BlobInfo blob, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(At(blob.Name), true, () =>
        {
            using FileDescriptor gate = TakeLock();
            if (Statx.TryPath(Bytes(At(blob.Name)), true, out FileStat stat) == 0 && Written(stat) > blob.Written)
            {
                return false;
            }

            Remove(At(blob.Name));
            return true;
        }));

    public ValueTask<Outcome<Unit>> DiscardAbandonedAsync(TimeSpan age, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Guard(Path.Combine(root, Temporary), true, () =>
        {
            var files = new List<BlobInfo>();
            List(Temporary, Temporary + "/", files);
            foreach (BlobInfo file in files.Where(file => DateTimeOffset.UtcNow - file.Written > age))
            {
                Remove(At(file.Name));
            }

            return Unit.Value;
        }));

    private string At(string name) => Path.Combine(root, name);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    private static string Tag(ReadOnlySpan<byte> content) => Hash256.Of(content).ToString();

    private static FileDescriptor Open(string path, OpenFlags flags) => Opening.Path(Bytes(path), flags, FileMode);

    private FileDescriptor TakeLock()
    {
        FileDescriptor gate = Open(Path.Combine(root, LockName), OpenFlags.ReadWrite | OpenFlags.Create);
        AdvisoryLock.Take(gate);
        return gate;
    }

    /// <summary>A blob that is there may be condemned: its new time keeps it. False when there is none.</summary>
    private bool PutAgain(string path)
    {
        if (Statx.TryPath(Bytes(path), true, out _) != 0)
        {
            return false;
        }

        using FileDescriptor gate = TakeLock();
        if (Statx.TryPath(Bytes(path), true, out _) != 0)
        {
            return false;
        }

        using FileDescriptor directory = Open(Path.GetDirectoryName(path)!, OpenFlags.Directory);
        try
        {
            Metadata.SetModified(directory, Bytes(Path.GetFileName(path)), FileTime.From(DateTimeOffset.UtcNow));
            return true;
        }
        catch (FileCallException e) when (e.Errno is FileErrno.EPERM or FileErrno.EACCES)
        {
            // Another user's: written anew, it is ours.
            return false;
        }
    }

    private static DateTimeOffset Written(FileStat stat) => DateTimeOffset.UnixEpoch.AddSeconds(stat.Modified.Seconds);

    private static byte[] ReadAll(string path)
    {
        using FileDescriptor file = Open(path, OpenFlags.ReadOnly);
        long length = Statx.Of(file).Size;
        byte[] content = length <= Array.MaxLength ? new byte[length] : throw new FileCallException($"read({path}): {length} bytes", FileErrno.EIO);
        int read = FileContent.Read(file, content, 0);
        return read == content.Length ? content : content[..read];
    }

    private static TaggedBlob? ReadTagged(string path)
    {
        try
        {
            byte[] content = ReadAll(path);
            return new TaggedBlob(content, Tag(content));
        }
        catch (FileCallException e) when (e.Errno == FileErrno.ENOENT)
        {
            return null;
        }
    }

    private void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(path)!;
        MakeDirectories(directory);
        string temporary = Path.Combine(root, Temporary, Guid.NewGuid().ToString("N"));
        try
        {
            using (FileDescriptor file = Open(temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive))
            {
                FileContent.Write(file, content, 0);
                FileContent.Flush(file);
            }

            using FileDescriptor from = Open(Path.Combine(root, Temporary), OpenFlags.Directory);
            using FileDescriptor to = Open(directory, OpenFlags.Directory);
            Names.Rename(from, Bytes(Path.GetFileName(temporary)), to, Bytes(Path.GetFileName(path)));
            FileContent.Flush(to);
        }
        catch (FileCallException)
        {
            // On a full disk this gives the room back; where it fails too, DiscardAbandoned does it later.
            File.Delete(temporary);
            throw;
        }
    }

    private static void MakeDirectories(string path)
    {
        if (Statx.TryPath(Bytes(path), true, out FileStat stat) == 0)
        {
            if (stat.Type != FileType.Directory)
            {
                throw new FileCallException($"mkdir({path})", FileErrno.ENOTDIR);
            }

            return;
        }

        string parent = Path.GetDirectoryName(path) ?? "/";
        MakeDirectories(parent);
        using FileDescriptor above = Open(parent, OpenFlags.Directory);
        try
        {
            Names.MakeDirectory(above, Bytes(Path.GetFileName(path)), DirectoryMode);
            FileContent.Flush(above);
        }
        catch (FileCallException e) when (e.Errno == FileErrno.EEXIST)
        {
            // Another saver was faster.
            return;
        }
    }

    /// <summary>
    /// Only what is not there is left out: a list that lacks what cannot be read lets a collection delete what is in use.
    /// </summary>
    private void List(string directory, string prefix, List<BlobInfo> found)
    {
        if (Absent(Statx.TryPath(Bytes(At(directory)), true, out FileStat stat), directory))
        {
            return;
        }

        using FileDescriptor open = Open(At(directory), OpenFlags.Directory);
        foreach (byte[] entry in DirectoryEntries.Read(open))
        {
            string name = (directory.Length > 0 ? directory + "/" : "") + Encoding.UTF8.GetString(entry);
            if (Absent(Statx.TryAt(open, entry, out stat), name))
            {
                continue;
            }

            if (stat.Type == FileType.Directory)
            {
                List(name, prefix, found);
            }
            else if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                found.Add(new BlobInfo(name, Written(stat), stat.Size));
            }
        }
    }

    private bool Absent(int errno, string name) => errno switch
    {
        0 => false,
        FileErrno.ENOENT => true,
        _ => throw new FileCallException($"statx({At(name)})", errno),
    };

    private static Unit Remove(string path)
    {
        using FileDescriptor directory = Open(Path.GetDirectoryName(path)!, OpenFlags.Directory);
        int errno = Names.TryRemove(directory, Bytes(Path.GetFileName(path)), false);
        return errno is 0 or FileErrno.ENOENT ? Unit.Value : throw new FileCallException($"unlink({path})", errno);
    }

    private static Outcome<T> Guard<T>(string path, bool writing, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (FileCallException e)
        {
            return StoreFault.Of(e, path, writing);
        }
    }
}
