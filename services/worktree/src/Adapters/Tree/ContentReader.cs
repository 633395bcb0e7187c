using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Reads files into packs. For one thread.</summary>
/// <param name="unsettled">Told of a file that went on changing while it was read.</param>
internal sealed class ContentReader(FileDescriptor root, PackBuilder packs, Action<ByteString> unsettled) : IDisposable
{
    private const int Attempts = 4;

    private readonly DirectoryCursor _directories = new(root);

    /// <summary>
    /// Reads a regular file until it did not change meanwhile; after some attempts the last one is taken, as a copying
    /// program would have it.
    /// </summary>
    /// <exception cref="FileCallException">A call failed.</exception>
    public void Read(ScannedEntry scanned)
    {
        FileDescriptor? directory = _directories.Of(scanned.Path);
        using FileDescriptor? file = directory is null
            ? null
            : OwnerAccess.Open(directory, scanned.Path.Name, scanned.Path, scanned.Stat, OpenFlags.NonBlocking);
        if (file is null || Statx.Of(file) is not { Type: FileType.Regular } before)
        {
            scanned.Vanished = true;
            return;
        }

        for (int attempt = 1; ; attempt++)
        {
            List<ContentPart>? parts = ReadParts(file, before);
            var content = new ReadContent(OwnAttributes.Without(Xattrs.Read(file)), parts ?? []);
            FileStat after = Statx.Of(file);
            // The mode of a file that its owner made readable for us has moved the times: only what it holds counts.
            bool settled = parts is not null && after.Changed == before.Changed && after.Modified == before.Modified && after.Size == before.Size;
            if (settled || (attempt >= Attempts && parts is not null))
            {
                if (!settled)
                {
                    unsettled(scanned.Path);
                }

                (scanned.Stat, scanned.Content) = (before, content);
                return;
            }

            before = after;
        }
    }

    public void Dispose() => _directories.Dispose();

    /// <summary>Null when the file became shorter meanwhile.</summary>
    private List<ContentPart>? ReadParts(FileDescriptor file, FileStat stat)
    {
        var parts = new List<ContentPart>(1);
        bool sparse = stat.Blocks * 512 < stat.Size;
        long offset = 0;
        while (offset < stat.Size)
        {
            (long start, long end) = (offset, stat.Size);
            if (sparse && !FileContent.NextData(file, offset, stat.Size, out start, out end))
            {
                break;
            }

            for (offset = start; offset < end;)
            {
                var length = (int)(Math.Min(end, (offset / PackBlob.PieceBytes + 1) * PackBlob.PieceBytes) - offset);
                if (FileContent.Read(file, packs.Room(length), offset) < length)
                {
                    return null;
                }

                parts.Add(new ContentPart(offset, length, packs.Add(length)));
                offset += length;
            }
        }

        return parts;
    }
}
