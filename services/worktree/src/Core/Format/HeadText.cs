using System.Globalization;
using System.Text;
using PvExec.Kernel;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>A head as stored: lines of text that a person can read, and the SHA-256 of them.</summary>
internal static class HeadText
{
    private const string First = "pv-worktree-head 1";
    private const int MostSnapshots = 1000;

    public static byte[] Write(Head head)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{First}\nworktree {head.Worktree}\n");
        foreach (SnapshotInfo snapshot in head.Snapshots)
        {
            text.Append(CultureInfo.InvariantCulture, $"snapshot {snapshot.Id} {(snapshot.Created - DateTimeOffset.UnixEpoch).Ticks} {snapshot.Entries} {snapshot.ContentBytes}\n");
        }

        return Checksum.Append(text.ToString());
    }

    public static Outcome<Head> Read(string worktree, ReadOnlySpan<byte> blob)
    {
        string name = BlobNames.Head(worktree);
        if (!Checksum.TryStrip(blob, out string text))
        {
            return Damage.Fault(name, "its last line is not the SHA-256 of the lines before it");
        }

        string[] lines = text.Split('\n');
        if (lines.Length < 3 || lines[0] != First)
        {
            return Damage.Fault(name, $"it does not begin with the line '{First}'");
        }

        if (lines[1] != $"worktree {worktree}")
        {
            return Damage.Fault(name, $"it says '{lines[1]}': it was put here by something else");
        }

        var snapshots = new List<SnapshotInfo>();
        foreach (string line in lines[2..^1])
        {
            if (Snapshot(line) is not { } snapshot || snapshots.Count == MostSnapshots)
            {
                return Damage.Fault(name, "a line is no snapshot");
            }

            snapshots.Add(snapshot);
        }

        return new Head(worktree, snapshots);
    }

    private static SnapshotInfo? Snapshot(string line)
    {
        string[] words = line.Split(' ');
        return words.Length == 5 && words[0] == "snapshot" && Hash256.TryParse(words[1], out Hash256 id)
            && Number(words[2], out long ticks) && ticks < TimeSpan.FromDays(365 * 1000).Ticks
            && Number(words[3], out long entries) && Number(words[4], out long content)
            ? new SnapshotInfo(id, DateTimeOffset.UnixEpoch.AddTicks(ticks), entries, content)
            : null;
    }

    private static bool Number(string word, out long value) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
