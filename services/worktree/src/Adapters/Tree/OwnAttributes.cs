using PvExec.Linux.Trees;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Our own notes are attributes of the tree's root and never part of a snapshot.</summary>
internal static class OwnAttributes
{
    public static ReadOnlySpan<byte> Prefix => "user.pv-exec."u8;

    public static IReadOnlyList<Xattr> Without(IReadOnlyList<KeyValuePair<byte[], byte[]>> xattrs)
    {
        if (xattrs.Count == 0)
        {
            return [];
        }

        var kept = new List<Xattr>(xattrs.Count);
        foreach ((byte[] name, byte[] value) in xattrs)
        {
            if (!name.AsSpan().StartsWith(Prefix))
            {
                kept.Add(new Xattr(new ByteString(name), new ByteString(value)));
            }
        }

        return kept;
    }
}
