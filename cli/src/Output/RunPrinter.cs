using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints runs, for people or for programs.</summary>
internal static class RunPrinter
{
    public static void Print(IReadOnlyList<RunRow> runs, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(runs, Json.Default.IReadOnlyListRunRow));
            return;
        }

        var table = new Table("RUN", "TASK", "STATE", "SINCE", "EXIT");
        foreach (RunRow run in runs)
        {
            table.Add(run.Id, Text.Plain(run.Task), run.State, Text.Time(run.Since), Text.Plain(run.Exit));
        }

        table.Write(output);
    }
}
