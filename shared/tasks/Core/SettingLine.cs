namespace PvExec.Tasks.Core;

/// <summary>A line that says something.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Without white space at its ends.</param>
public readonly record struct SettingLine(int Number, string Text)
{
    /// <summary>All but blank lines and those that start with #. A carriage return at the end is white space, and so is a byte order mark.</summary>
    public static IReadOnlyList<SettingLine> Of(string text)
    {
        var lines = new List<SettingLine>();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> content = line.Trim().Trim('\uFEFF');
            if (content.Length > 0 && content[0] != '#')
            {
                lines.Add(new SettingLine(number, content.ToString()));
            }
        }

        return lines;
    }
}
