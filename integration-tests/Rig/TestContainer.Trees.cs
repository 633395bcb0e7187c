using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

// Trees: made, listed and compared by programs that know nothing of ours.
public sealed partial class TestContainer
{
    /// <summary>Fills a directory with one of everything that a snapshot must bring back.</summary>
    public async Task MakeOddTreeAsync(string directory) =>
        _ = (await ShellAsync("python3 /opt/trees/odd_tree.py \"$1\"", directory)).Text;

    /// <summary>The entries of the tree, one line of JSON each: content, mode, owner, times, links, attributes.</summary>
    public async Task<string[]> ListTreeAsync(string directory = Paths.Worktree)
    {
        ShellResult listed = await ShellAsync("python3 /opt/trees/tree-list.py \"$1\"", directory);
        _ = listed.Text;
        return listed.Lines;
    }

    /// <summary>The files of the store with their sizes and times: the same list means that nothing was written.</summary>
    public async Task<string[]> ListStoreAsync() =>
        (await ShellAsync($"find {Paths.Store} -type f -printf '%P %s %T@\\n' | sort")).Lines;

    /// <summary>Fails with the first entries that differ.</summary>
    public static void AssertSameTree(string[] expected, string[] actual)
    {
        string[] missing = [.. expected.Except(actual)];
        string[] extra = [.. actual.Except(expected)];
        Assert.True(
            missing.Length + extra.Length == 0 && expected.Length == actual.Length,
            $"{expected.Length} entries became {actual.Length}\nonly before:\n{string.Join('\n', missing.Take(5))}\nonly after:\n{string.Join('\n', extra.Take(5))}");
    }

    /// <summary>What <c>pv_exec services --json</c> says of the daemons, by name; without instances that have handed over and still answer calls.</summary>
    public async Task<Dictionary<string, JsonElement>> ServicesAsync()
    {
        using JsonDocument document = JsonDocument.Parse((await ShellAsync("pv_exec services --json")).Text);
        JsonElement root = document.RootElement.Clone();
        JsonElement list = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("services");
        return list.EnumerateArray().Where(service => service.GetProperty("state").GetString() != "leaving").ToDictionary(service => service.GetProperty("name").GetString()!);
    }
}
