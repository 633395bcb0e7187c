using System.Globalization;
using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints processes, for people or for programs.</summary>
internal static class ProcessPrinter
{
    public static void Print(IReadOnlyList<ProcessRow> processes, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(processes, Json.Default.IReadOnlyListProcessRow));
            return;
        }

        var table = new Table("NAME", "STATE", "PID", "PORT", "EXPOSED AT", "SINCE", "EXIT", "COMMAND");
        foreach (ProcessRow process in processes)
        {
            table.Add(
                Text.Plain(process.Name),
                process.State,
                process.Pid?.ToString(CultureInfo.InvariantCulture) ?? "",
                process.Port?.ToString(CultureInfo.InvariantCulture) ?? "",
                process.ListeningPort?.ToString(CultureInfo.InvariantCulture) ?? "",
                process.Since,
                process.Exit,
                Text.Plain(string.Join(' ', process.Command)));
        }

        table.Write(output);
    }
}
