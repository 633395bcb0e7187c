using System.Collections;

namespace PvExec.Hosting;

/// <summary>The variables that tasks and processes inherit.</summary>
/// <param name="ForChildren">As <c>NAME=value</c>; nothing that speaks of this service or holds a secret.</param>
public sealed record DaemonEnvironment(IReadOnlyList<string> ForChildren)
{
    private static readonly string[] OwnPrefixes = ["PV_EXEC_", "DOTNET_SYSTEM_GLOBALIZATION_"];

    /// <summary>By their whole names: the like of LISTEN_PORT is the user's.</summary>
    private static readonly string[] OwnNames = ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC"];

    public static DaemonEnvironment FromProcess() => From(Environment.GetEnvironmentVariables());

    public static DaemonEnvironment From(IDictionary variables)
    {
        var kept = new List<string>(variables.Count);
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!OwnNames.Contains(name) && !OwnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                kept.Add($"{name}={variable.Value}");
            }
        }

        kept.Sort(StringComparer.Ordinal);
        return new DaemonEnvironment(kept);
    }

    /// <summary>The children's environment with <paramref name="overrides"/> in place of variables of the same name.</summary>
    public IReadOnlyList<string> With(IEnumerable<KeyValuePair<string, string>> overrides)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string variable in ForChildren)
        {
            int equals = variable.IndexOf('=');
            merged[variable[..equals]] = variable[(equals + 1)..];
        }

        foreach ((string name, string value) in overrides)
        {
            merged[name] = value;
        }

        return [.. merged.Select(variable => $"{variable.Key}={variable.Value}")];
    }

    /// <summary>Whether children are given a variable of that name anyway.</summary>
    public bool Has(string name) => ForChildren.Any(variable => variable.StartsWith(name + "=", StringComparison.Ordinal));
}
