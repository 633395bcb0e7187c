using System.Globalization;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Model;

/// <summary>A task's directory.</summary>
internal sealed class ModelTask(string name, ModelScopes scopes, int most, bool hasFilter, TimeSpan? timeout)
{
    private static readonly string[] s_scopes = ["a", "a/x", "a/x/1", "a/x/2", "a/y", "a-b", "b", "b/x/1/deep", "b/x"];

    public string Name { get; } = name;

    public ModelScopes Scopes { get; } = scopes;

    /// <summary>How many runs there may be at a time, as the directory says now.</summary>
    public int Most { get; private set; } = most;

    public bool HasFilter { get; } = hasFilter;

    public TimeSpan? Timeout { get; } = timeout;

    public static ModelTask Random(Random random, int number)
    {
        ModelScopes scopes = number == 0 ? ModelScopes.None : SomeScopes(random);
        int most = number > 0 && random.Next(3) == 0 ? random.Next(1, 4) : int.MaxValue;
        TimeSpan? timeout = random.Next(4) == 0 ? TimeSpan.FromSeconds(3) : null;
        return new ModelTask($"group{number % 2}/task{number}", scopes, most, random.Next(4) == 0, timeout);
    }

    /// <summary>One or two, from a hierarchy with siblings and a name that another one begins with.</summary>
    public static ModelScopes SomeScopes(Random random)
    {
        string[] some = [.. random.GetItems(s_scopes, random.Next(1, 3)).Distinct()];
        return random.Next(3) switch
        {
            0 => new ModelScopes(some, []),
            1 => new ModelScopes([], some),
            _ => new ModelScopes([some[0]], some[1..]),
        };
    }

    public void Write(TemporaryDirectory root)
    {
        TaskFiles.Write(root, $"{Name}/run", "true");
        TaskFiles.Write(root, $"{Name}/input_scopes", string.Join('\n', Scopes.Reads), executable: false);
        TaskFiles.Write(root, $"{Name}/output_scopes", string.Join('\n', Scopes.Writes), executable: false);
        if (HasFilter)
        {
            TaskFiles.Write(root, $"{Name}/log", "cat");
        }

        if (Timeout is { } timeout)
        {
            TaskFiles.Write(root, $"{Name}/timeout", timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture), executable: false);
        }

        if (Most != int.MaxValue)
        {
            Edit(root, Most);
        }
    }

    /// <summary>It counts for the runs that are asked for from now on.</summary>
    public void Edit(TemporaryDirectory root, int most)
    {
        Most = most;
        TaskFiles.Write(root, $"{Name}/max_concurrent", most.ToString(CultureInfo.InvariantCulture), executable: false);
    }
}
