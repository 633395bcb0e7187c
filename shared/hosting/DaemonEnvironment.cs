using System.Collections;

namespace PvExec.Hosting;

/// <summary>The variables that tasks and processes inherit.</summary>
/// <param name="ForChildren">As <c>NAME=value</c>; nothing that speaks of this service or holds a secret.</param>
public sealed record DaemonEnvironment(IReadOnlyList<string> ForChildren)
{
    private const string OwnPrefix = "PV_EXEC_";

    // sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3): they speak of this service alone.
    private static readonly string[] OwnNames =
        ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC", "NOTIFY_SOCKET"];

    public static DaemonEnvironment FromProcess() => From(Environment.GetEnvironmentVariables());

    public static DaemonEnvironment From(IDictionary variables)
    {
        var kept = new List<string>(variables.Count);
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(OwnPrefix, StringComparison.Ordinal) && !OwnNames.Contains(name, StringComparer.Ordinal))
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
}
