using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>Writes a manifest's body; docs/snapshot-format.md has the layout.</summary>
internal static class ManifestWriter
{
    public static ReadOnlySpan<byte> Write(Manifest manifest)
    {
        var writer = new ByteWriter();
        writer.Int64((manifest.Created - DateTimeOffset.UnixEpoch).Ticks);
        Dictionary<Piece, int> pieces = WritePieces(writer, manifest);
        WriteEntries(writer, manifest, pieces);
        return writer.Written;
    }

    private static Dictionary<Piece, int> WritePieces(ByteWriter writer, Manifest manifest)
    {
        var packs = new Dictionary<Pack, int>(ReferenceEqualityComparer.Instance);
        var pieces = new Dictionary<Piece, int>(ReferenceEqualityComparer.Instance);
        var ordered = new List<Piece>();
        foreach (Entry entry in manifest.Entries)
        {
            foreach (Extent extent in entry.Extents)
            {
                packs.TryAdd(extent.Piece.Pack, packs.Count);
                if (pieces.TryAdd(extent.Piece, pieces.Count))
                {
                    ordered.Add(extent.Piece);
                }
            }
        }

        writer.Number(packs.Count);
        foreach (Pack pack in packs.Keys)
        {
            writer.Hash(pack.Id);
            writer.Number(pack.RawLength);
            writer.Number(pack.StoredLength);
        }

        writer.Number(ordered.Count);
        foreach (Piece piece in ordered)
        {
            writer.Number(packs[piece.Pack]);
            writer.Number(piece.Offset);
            writer.Number(piece.Length);
            writer.Hash(piece.Hash);
        }

        return pieces;
    }

    private static void WriteEntries(ByteWriter writer, Manifest manifest, Dictionary<Piece, int> pieces)
    {
        var numbers = new Dictionary<Entry, int>(ReferenceEqualityComparer.Instance);
        ReadOnlySpan<byte> previous = [];
        int piece = -1;
        writer.Number(manifest.Entries.Count);
        foreach (Entry entry in manifest.Entries)
        {
            int shared = previous.CommonPrefixLength(entry.Path.Span);
            writer.Number(shared);
            writer.Text(entry.Path.Span[shared..]);
            previous = entry.Path.Span;
            writer.Byte((byte)entry.Type);
            if (entry.LinkTo is { } target)
            {
                writer.Number(numbers[target]);
                continue;
            }

            numbers.Add(entry, numbers.Count);
            WriteAttributes(writer, entry);
            switch (entry.Type)
            {
                case EntryType.Regular:
                    WriteContent(writer, entry, pieces, ref piece);
                    break;
                case EntryType.Symlink:
                    writer.Text(entry.Target.Span);
                    break;
                case EntryType.CharacterDevice or EntryType.BlockDevice:
                    writer.Number(entry.Major);
                    writer.Number(entry.Minor);
                    break;
                default:
                    break;
            }
        }
    }

    private static void WriteAttributes(ByteWriter writer, Entry entry)
    {
        writer.Number(entry.Mode);
        writer.Number(entry.Uid);
        writer.Number(entry.Gid);
        writer.Signed(entry.Modified.Seconds);
        writer.Number(entry.Modified.Nanoseconds);
        writer.Number(entry.Xattrs.Count);
        foreach (Xattr xattr in entry.Xattrs)
        {
            writer.Text(xattr.Name.Span);
            writer.Text(xattr.Value.Span);
        }
    }

    /// <summary>Pieces mostly come in their own order: the difference to the one expected is nearly always 0.</summary>
    private static void WriteContent(ByteWriter writer, Entry entry, Dictionary<Piece, int> pieces, ref int last)
    {
        writer.Number(entry.Size);
        writer.Number(entry.Extents.Count);
        long end = 0;
        foreach (Extent extent in entry.Extents)
        {
            int number = pieces[extent.Piece];
            writer.Number(extent.Offset - end);
            writer.Signed(number - (last + 1));
            (end, last) = (extent.End, number);
        }
    }
}
