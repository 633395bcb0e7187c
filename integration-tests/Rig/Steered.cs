using System.Text.Json;

namespace PvExec.IntegrationTests.Rig;

/// <summary>A command that Client/steer.py ran: what it wrote, and how it ended.</summary>
/// <param name="Exit">A signal is negative.</param>
/// <param name="Output">With a terminal also what it wrote on standard error.</param>
/// <param name="Restored">Whether the terminal was as before; null without one.</param>
public sealed record Steered(int Exit, string Output, string Errors, bool? Restored)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    /// <param name="daemon">Where it runs.</param>
    /// <param name="command">Its words.</param>
    /// <param name="terminal">Columns and rows, or null for pipes.</param>
    /// <param name="steps">Each a name and its arguments.</param>
    public static async Task<Steered> RunAsync(TestContainer daemon, string[] command, int[]? terminal, params object[][] steps)
    {
        string what = JsonSerializer.Serialize(new { argv = command, terminal, steps });
        ShellResult result = await daemon.ShellAsync($"python3 {Paths.Client}/steer.py \"$1\"", what);
        return JsonSerializer.Deserialize<Steered>(result.Text, s_options)!;
    }
}
