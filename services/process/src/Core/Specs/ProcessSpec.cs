namespace PvExec.Processes.Core.Specs;

/// <summary>What a name is configured to run.</summary>
public sealed record ProcessSpec
{
    public required string Name { get; init; }

    /// <summary>The program and its arguments, no shell.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The working directory, absolute.</summary>
    public required string RunPath { get; init; }

    /// <summary>Where its port is exposed; 0: nowhere.</summary>
    public int ListeningPort { get; init; }

    /// <summary>Added to the daemon's environment; of two with the same name the later counts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Whether the two ask for the same thing. The order of variables does not matter, that of arguments does.</summary>
    public bool SameAs(ProcessSpec other) => Difference(other) is null;

    /// <summary>The first field in which <paramref name="other"/> differs, as clients call it; null when none does.</summary>
    public string? Difference(ProcessSpec other)
    {
        if (!Arguments.SequenceEqual(other.Arguments, StringComparer.Ordinal))
        {
            return "start_cmd";
        }

        if (RunPath != other.RunPath)
        {
            return "run_path";
        }

        if (ListeningPort != other.ListeningPort)
        {
            return "listening_port";
        }

        Dictionary<string, string> mine = Effective(Variables);
        Dictionary<string, string> theirs = Effective(other.Variables);
        return mine.Count == theirs.Count && mine.All(variable => theirs.TryGetValue(variable.Key, out string? value) && value == variable.Value)
            ? null
            : "env_vars";
    }

    private static Dictionary<string, string> Effective(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var effective = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in variables)
        {
            effective[name] = value;
        }

        return effective;
    }
}
