namespace PvExec.Tasks.Core;

/// <summary>The format of <c>input_scopes</c> and <c>output_scopes</c>: one scope a line; blank lines and lines that start with # say nothing.</summary>
public static class ScopeFile
{
    /// <summary>A file that is larger is refused, so that what a run holds always fits into its note to pv-init.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The scopes in the order of the file. White space around a scope, a carriage return among it, is not part of it.</summary>
    public static string[] Parse(string text)
    {
        var scopes = new List<string>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> scope = line.Trim().Trim('\uFEFF');
            if (scope.Length > 0 && scope[0] != '#')
            {
                scopes.Add(scope.ToString());
            }
        }

        return [.. scopes];
    }
}
