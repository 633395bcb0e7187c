namespace PvExec.Init.Core;

/// <summary>Which files a program's name may mean, as execvp(3) has it.</summary>
internal static class PathLookup
{
    private static readonly byte[] DefaultPath = "/usr/local/bin:/usr/bin:/bin"u8.ToArray();

    /// <summary>Paths to try in order; one that is relative is meant from the working directory of the new process.</summary>
    public static IReadOnlyList<byte[]> Candidates(byte[] program, IReadOnlyList<byte[]> environment)
    {
        if (program.AsSpan().Contains((byte)'/'))
        {
            return [program];
        }

        var candidates = new List<byte[]>();
        ReadOnlySpan<byte> rest = Find(environment);
        while (true)
        {
            int colon = rest.IndexOf((byte)':');
            ReadOnlySpan<byte> directory = colon < 0 ? rest : rest[..colon];

            // An empty element means the working directory.
            candidates.Add(directory.IsEmpty ? [.. "./"u8, .. program] : [.. directory, (byte)'/', .. program]);
            if (colon < 0)
            {
                return candidates;
            }

            rest = rest[(colon + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Find(IReadOnlyList<byte[]> environment)
    {
        foreach (byte[] variable in environment)
        {
            if (variable.AsSpan().StartsWith("PATH="u8))
            {
                return variable.AsSpan(5);
            }
        }

        return DefaultPath;
    }
}
