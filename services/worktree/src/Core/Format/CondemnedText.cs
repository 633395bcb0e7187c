using System.Globalization;
using System.Text;
using PvExec.Kernel;

namespace PvExec.Worktrees.Core.Format;

/// <summary>The list of blobs that nothing referred to when collection last looked, and since when.</summary>
internal static class CondemnedText
{
    private const string First = "pv-worktree-condemned 1";

    public static byte[] Write(IReadOnlyDictionary<string, DateTimeOffset> condemned)
    {
        var text = new StringBuilder(First + "\n");
        foreach ((string name, DateTimeOffset since) in condemned.OrderBy(blob => blob.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{since.ToUnixTimeMilliseconds()} {name}\n");
        }

        return Checksum.Append(text.ToString());
    }

    public static Outcome<IReadOnlyDictionary<string, DateTimeOffset>> Read(ReadOnlySpan<byte> blob)
    {
        var condemned = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        if (!Checksum.TryStrip(blob, out string text) || text.Split('\n') is not [First, .. string[] lines])
        {
            return Damage.Fault(BlobNames.Condemned, "its last line is not the SHA-256 of the lines before it");
        }

        foreach (string line in lines[..^1])
        {
            int space = line.IndexOf(' ');
            if (space < 0 || !long.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out long since) || since > 253402300799999)
            {
                return Damage.Fault(BlobNames.Condemned, "a line is no blob");
            }

            condemned[line[(space + 1)..]] = DateTimeOffset.FromUnixTimeMilliseconds(since);
        }

        return condemned;
    }
}
