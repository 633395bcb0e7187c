namespace PvExec.Tasks.Core;

/// <summary>Names that look like one of a task's files and are not read.</summary>
public static class NearMiss
{
    private static readonly Dictionary<string, string> s_otherWords = new() { ["environ"] = "env", ["environment"] = "env" };

    /// <summary>The file that was meant, or null.</summary>
    /// <param name="name">Of an entry of a task's directory.</param>
    /// <param name="known">All that may be read.</param>
    public static string? Of(string name, IEnumerable<string> known)
    {
        string letters = Letters(name);
        return name.StartsWith('.') || known.Contains(name) ? null
            : s_otherWords.GetValueOrDefault(letters)
            ?? known.FirstOrDefault(one => Letters(one) == letters)
            ?? (name.Contains('.') ? null : known.Where(one => Distance(letters, Letters(one)) <= Slips(one)).MinBy(one => Distance(letters, Letters(one))));
    }

    /// <summary>Whether a file is named as variables are: in capitals.</summary>
    public static bool IsVariable(string name) => name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>How many slips a name is known by: short ones are too much like words of the task's own.</summary>
    private static int Slips(string known) => known.Length switch
    {
        < 6 => 0,
        < 10 => 1,
        _ => 2,
    };

    /// <summary>What is left when case and what joins words say nothing.</summary>
    private static string Letters(string name) => string.Concat(name.Where(c => c is not ('-' or '_' or '.' or ' '))).ToLowerInvariant();

    /// <summary>Optimal string alignment: letters added, left out, replaced, and neighbours exchanged.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
