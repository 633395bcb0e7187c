namespace PvExec.Cli.Output;

/// <summary>Plain text in aligned columns, two blanks apart.</summary>
public sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    /// <param name="cells">One for each heading; an empty one is printed as '-'.</param>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headings.Length);
        _rows.Add([.. cells.Select(cell => cell.Length == 0 ? "-" : cell)]);
    }

    public void Write(TextWriter output)
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
