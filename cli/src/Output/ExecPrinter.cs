using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints the one line of JSON that <c>exec --json</c> ends with.</summary>
internal static class ExecPrinter
{
    public static void Print(StartedRow row, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(row, JsonLine.Default.StartedRow));

    public static void Print(ExecRow row, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(row, JsonLine.Default.ExecRow));
}
