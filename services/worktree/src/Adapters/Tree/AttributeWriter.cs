using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>
/// Gives entries their owner, attributes, mode and time, in this order: changing the owner clears setuid and some
/// attributes, and all of it moves the time.
/// </summary>
internal sealed class AttributeWriter(LoadReport report)
{
    /// <summary>An open file or directory.</summary>
    public void Apply(FileDescriptor file, Entry entry)
    {
        CountOwner(Metadata.TrySetOwner(file, entry.Uid, entry.Gid), entry);
        foreach (Xattr xattr in entry.Xattrs)
        {
            CountXattr(Xattrs.TrySet(file, xattr.Name.Span, xattr.Value.Span), entry);
        }

        Metadata.SetMode(file, entry.Mode);
        Metadata.SetModified(file, entry.Modified);
    }

    /// <summary>A symlink, fifo or device node.</summary>
    public void Apply(FileDescriptor directory, ReadOnlySpan<byte> name, Entry entry)
    {
        CountOwner(Metadata.TrySetOwner(directory, name, entry.Uid, entry.Gid), entry);
        foreach (Xattr xattr in entry.Xattrs)
        {
            CountXattr(Xattrs.TrySet(directory, name, xattr.Name.Span, xattr.Value.Span), entry);
        }

        if (entry.Type != EntryType.Symlink)
        {
            int errno = Metadata.TrySetMode(directory, name, entry.Mode);
            if (errno != 0)
            {
                throw new FileCallException($"fchmodat({entry.Path})", errno);
            }
        }

        Metadata.SetModified(directory, name, entry.Modified);
    }

    private void CountOwner(int errno, Entry entry)
    {
        switch (errno)
        {
            case 0:
                return;
            // EINVAL: an id that this user namespace does not have.
            case FileErrno.EPERM or FileErrno.EINVAL:
                report.OwnerRefused();
                return;
            default:
                throw new FileCallException($"fchownat({entry.Path}, {entry.Uid}, {entry.Gid})", errno);
        }
    }

    private void CountXattr(int errno, Entry entry)
    {
        switch (errno)
        {
            case 0:
                return;
            case FileErrno.EPERM or FileErrno.EACCES or FileErrno.ENOTSUP or FileErrno.EINVAL:
                report.XattrRefused();
                return;
            default:
                throw new FileCallException($"setxattr({entry.Path})", errno);
        }
    }
}
