using System.Text;

namespace PvExec.Kernel;

/// <summary>Text from a caller, made fit for a one-line message.</summary>
public static class Quoted
{
    private const int MostCharacters = 120;

    /// <summary>In single quotes; control characters as <c>\xNN</c>, the end of a long text left out.</summary>
    public static string Of(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
        {
            if (char.IsControl(c))
            {
                quoted.Append($"\\x{(int)c:X2}");
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append(text.Length > MostCharacters ? $"…' ({text.Length} characters)" : "'").ToString();
    }

    /// <summary>The last line of a text, in quotes.</summary>
    public static string LastLine(string text) => Of(text.TrimEnd()[(text.TrimEnd().LastIndexOf('\n') + 1)..]);
}
