using System.Text;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Format;

/// <summary>Text whose last line is <c>sha256 HEX</c> of all lines before it.</summary>
internal static class Checksum
{
    private const string Word = "sha256 ";
    private const int LineBytes = 7 + 2 * Hash256.Bytes + 1;

    /// <param name="text">Whole lines of ASCII.</param>
    public static byte[] Append(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        return [.. bytes, .. Encoding.ASCII.GetBytes($"{Word}{Hash256.Of(bytes)}\n")];
    }

    public static bool TryStrip(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Length < LineBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> body = bytes[..^LineBytes];
        text = Encoding.ASCII.GetString(body);
        return bytes[^LineBytes..].SequenceEqual(Encoding.ASCII.GetBytes($"{Word}{Hash256.Of(body)}\n"));
    }
}
