namespace PvExec.Exec.Core.Tasks;

/// <summary>The whole environment of a run.</summary>
public static class TaskEnvironment
{
    /// <summary>
    /// What the daemon hands on; <see cref="TaskVariables.AppRoot"/> unless that is among it; the task's own, which may
    /// also take variables away; and what the caller gives. The later wins.
    /// </summary>
    /// <param name="inherited">As <c>NAME=value</c>.</param>
    /// <param name="appRoot">The worktree's mount point, or null.</param>
    /// <param name="caller">The later of two values of a name counts.</param>
    /// <returns>As <c>NAME=value</c>, each name once.</returns>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<string> inherited,
        string? appRoot,
        IReadOnlyList<TaskVariable> task,
        IReadOnlyList<KeyValuePair<string, string>> caller)
    {
        var merged = new Dictionary<string, string>(inherited.Count + caller.Count, StringComparer.Ordinal);
        foreach (string variable in inherited)
        {
            int equals = variable.IndexOf('=');
            merged[variable[..equals]] = variable[(equals + 1)..];
        }

        if (appRoot is not null)
        {
            merged.TryAdd(TaskVariables.AppRoot, appRoot);
        }

        foreach (TaskVariable variable in task)
        {
            if (variable.Value is { } value)
            {
                merged[variable.Name] = value;
            }
            else
            {
                merged.Remove(variable.Name);
            }
        }

        foreach ((string name, string value) in caller)
        {
            merged[name] = value;
        }

        return [.. merged.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
