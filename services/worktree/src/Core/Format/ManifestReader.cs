using PvExec.Kernel;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>
/// Reads a manifest's body, and believes none of it: every number is bounded, every reference goes to what was read
/// before, and every path lies below a directory of the same manifest, so that loading it never leaves the tree.
/// </summary>
internal static class ManifestReader
{
    private const int PackBytes = Hash256.Bytes + 2, PieceBytes = Hash256.Bytes + 3, EntryBytes = 4, XattrBytes = 2, ExtentBytes = 2;
    private const int LongestPath = 1024 * 1024, LongestTarget = 4095, LongestXattrName = 255, LongestXattr = 65536;
    private const uint LargestDeviceNumber = uint.MaxValue;

    public static Outcome<Manifest> Read(string name, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new ByteReader(body, name);
            long ticks = reader.Int64("its time");
            if (Math.Abs((decimal)ticks) > TimeSpan.FromDays(365 * 1000).Ticks)
            {
                throw reader.Damaged("its time is out of range");
            }

            Piece[] pieces = ReadPieces(ref reader);
            List<Entry> entries = ReadEntries(ref reader, pieces);
            return reader.Remaining == 0
                ? new Manifest(DateTimeOffset.UnixEpoch.AddTicks(ticks), entries)
                : throw reader.Damaged($"{reader.Remaining} bytes follow its end");
        }
        catch (FaultException e)
        {
            return e.Fault;
        }
    }

    private static Piece[] ReadPieces(ref ByteReader reader)
    {
        var packs = new Pack[reader.Count("the number of packs", PackBytes)];
        for (int i = 0; i < packs.Length; i++)
        {
            Hash256 id = reader.Hash("a pack's id");
            packs[i] = new Pack(id, (int)reader.Number("a pack's raw length", PackBlob.LongestBytes), reader.Number("a pack's length"));
        }

        var pieces = new Piece[reader.Count("the number of pieces", PieceBytes)];
        for (int i = 0; i < pieces.Length; i++)
        {
            Pack pack = packs.Length > 0 ? packs[reader.Number("a piece's pack", packs.Length - 1)] : throw reader.Damaged("it has pieces and no packs");
            var offset = (int)reader.Number("a piece's offset", pack.RawLength);
            var length = (int)reader.Number("a piece's length", pack.RawLength - offset);
            pieces[i] = length > 0 ? new Piece(reader.Hash("a piece's hash"), length, pack, offset) : throw reader.Damaged("a piece is empty");
        }

        return pieces;
    }

    private static List<Entry> ReadEntries(ref ByteReader reader, Piece[] pieces)
    {
        int count = reader.Count("the number of entries", EntryBytes);
        var entries = new List<Entry>(count);
        var targets = new List<Entry>(count);
        var order = new TreeOrder();
        ByteString previous = ByteString.Empty;
        int piece = -1;
        for (int i = 0; i < count; i++)
        {
            var shared = (int)reader.Number("a path's shared part", previous.Length);
            int rest = (int)reader.Number("a path's length", LongestPath - shared);
            var path = new ByteString([.. previous.Span[..shared], .. reader.Bytes(rest, "a path")]);
            previous = path;
            var type = (EntryType)reader.Byte("an entry's type");
            if (order.Problem(path, type == EntryType.Directory) is { } problem)
            {
                throw reader.Damaged($"the path '{path}' {problem}");
            }

            Entry entry = type == EntryType.HardLink ? ReadLink(ref reader, path, targets) : ReadEntry(ref reader, path, type, pieces, ref piece);
            entries.Add(entry);
            if (type != EntryType.HardLink)
            {
                targets.Add(entry);
            }
        }

        return entries.Count > 0 ? entries : throw reader.Damaged("it has no root");
    }

    private static Entry ReadLink(ref ByteReader reader, ByteString path, List<Entry> targets)
    {
        Entry target = targets.Count > 0 ? targets[(int)reader.Number("a link's target", targets.Count - 1)] : throw reader.Damaged("it begins with a link");
        return target.Type != EntryType.Directory
            ? new Entry { Path = path, Type = EntryType.HardLink, LinkTo = target }
            : throw reader.Damaged($"the link '{path}' is to a directory");
    }

    private static Entry ReadEntry(ref ByteReader reader, ByteString path, EntryType type, Piece[] pieces, ref int piece)
    {
        var entry = new Entry
        {
            Path = path,
            Type = type,
            Mode = (int)reader.Number("a mode", 0xFFF),
            Uid = (uint)reader.Number("a user id", uint.MaxValue),
            Gid = (uint)reader.Number("a group id", uint.MaxValue),
            Modified = new FileTime(reader.Signed("a time"), (int)reader.Number("a time's nanoseconds", 999_999_999)),
            Xattrs = ReadXattrs(ref reader),
        };
        switch (type)
        {
            case EntryType.Regular:
                long size = reader.Number("a size");
                return entry with { Size = size, Extents = ReadExtents(ref reader, path, size, pieces, ref piece) };
            case EntryType.Symlink:
                ByteString target = reader.Text("a symlink's target", LongestTarget);
                return target.Length > 0 && !target.Span.Contains((byte)0) ? entry with { Target = target } : throw reader.Damaged($"the symlink '{path}' has no valid target");
            case EntryType.CharacterDevice or EntryType.BlockDevice:
                return entry with { Major = (uint)reader.Number("a device number", LargestDeviceNumber), Minor = (uint)reader.Number("a device number", LargestDeviceNumber) };
            case EntryType.Directory or EntryType.Fifo:
                return entry;
            default:
                throw reader.Damaged($"the entry '{path}' has the unknown type {(byte)type}");
        }
    }

    private static Xattr[] ReadXattrs(ref ByteReader reader)
    {
        int count = reader.Count("the number of attributes", XattrBytes);
        var xattrs = count == 0 ? [] : new Xattr[count];
        for (int i = 0; i < count; i++)
        {
            ByteString name = reader.Text("an attribute's name", LongestXattrName);
            xattrs[i] = name.Length > 0 && !name.Span.Contains((byte)0)
                ? new Xattr(name, reader.Text("an attribute's value", LongestXattr))
                : throw reader.Damaged("an attribute has no valid name");
        }

        return xattrs;
    }

    private static Extent[] ReadExtents(ref ByteReader reader, ByteString path, long size, Piece[] pieces, ref int last)
    {
        int count = reader.Count("the number of pieces of a file", ExtentBytes);
        var extents = count == 0 ? [] : new Extent[count];
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            long offset = end + reader.Number("a hole's length", size - end);
            long number = last + 1 + reader.Signed("a piece's number");
            if (number < 0 || number >= pieces.Length)
            {
                throw reader.Damaged($"the file '{path}' refers to piece {number} of {pieces.Length}");
            }

            extents[i] = new Extent(offset, pieces[number]);
            (end, last) = (extents[i].End, (int)number);
            if (end > size)
            {
                throw reader.Damaged($"the file '{path}' has more content than its size");
            }
        }

        return extents;
    }
}
