using PvExec.Hosting.Notify;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Writes regular files. <see cref="Write"/> may run on several threads, each with another pack.</summary>
/// <param name="progress">Told of each file.</param>
internal sealed class FileWriter(FileDescriptor root, AttributeWriter attributes, StartProgress progress)
{
    private const int PrivateFile = 0x180 /* 0600 */;

    /// <summary>Writes what a pack holds; a file that is all in it is finished.</summary>
    public void Write(Pack pack, ReadOnlySpan<byte> raw, IReadOnlyList<Entry> entries, CancellationToken cancellationToken)
    {
        using var cursor = new DirectoryCursor(root);
        foreach (Entry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Step();
            bool spans = LoadPlan.Spans(entry);
            using FileDescriptor file = spans ? Open(cursor, entry, OpenFlags.WriteOnly) : Create(cursor, entry);
            foreach (Extent extent in entry.Extents)
            {
                if (extent.Piece.Pack == pack)
                {
                    FileContent.Write(file, raw.Slice(extent.Piece.Offset, extent.Piece.Length), extent.Offset);
                }
            }

            if (!spans)
            {
                Finish(file, entry);
            }
        }
    }

    public void MakeSpanning(IReadOnlyList<Entry> entries)
    {
        using var cursor = new DirectoryCursor(root);
        foreach (Entry entry in entries)
        {
            progress.Step();
            Create(cursor, entry).Dispose();
        }
    }

    public void FinishSpanning(IReadOnlyList<Entry> entries)
    {
        using var cursor = new DirectoryCursor(root);
        foreach (Entry entry in entries)
        {
            progress.Step();
            using FileDescriptor file = Open(cursor, entry, OpenFlags.WriteOnly);
            Finish(file, entry);
        }
    }

    public void MakeEmpty(IReadOnlyList<Entry> entries)
    {
        using var cursor = new DirectoryCursor(root);
        foreach (Entry entry in entries)
        {
            progress.Step();
            using FileDescriptor file = Create(cursor, entry);
            Finish(file, entry);
        }
    }

    private void Finish(FileDescriptor file, Entry entry)
    {
        // The content may end in a hole.
        if (entry.Extents.Count == 0 ? entry.Size > 0 : entry.Extents[^1].End < entry.Size)
        {
            FileContent.SetLength(file, entry.Size);
        }

        attributes.Apply(file, entry);
    }

    private static FileDescriptor Create(DirectoryCursor cursor, Entry entry) =>
        Open(cursor, entry, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive);

    private static FileDescriptor Open(DirectoryCursor cursor, Entry entry, OpenFlags flags)
    {
        FileDescriptor? directory = cursor.Of(entry.Path);
        FileDescriptor? file = null;
        int errno = directory is null ? FileErrno.ENOENT : Opening.TryAt(directory, entry.Path.Name, flags, out file, PrivateFile);
        return errno == 0 ? file! : throw new FileCallException($"openat({entry.Path}, {flags})", errno);
    }
}
