using System.Globalization;
using System.Text;

namespace PvExec.Linux.Trees;

/// <summary>Paths are bytes; this is how one is shown to people.</summary>
public static class PathText
{
    /// <summary>The path as text on one line: what is not UTF-8, and control characters, become <c>\xNN</c>.</summary>
    public static string Show(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(path, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (valid && !Rune.IsControl(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte value in path[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }

            path = path[length..];
        }

        return text.ToString();
    }
}
