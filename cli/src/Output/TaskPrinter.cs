using System.Globalization;
using System.Text.Json;

namespace PvExec.Cli.Output;

/// <summary>Prints tasks and their faults, for people or for programs.</summary>
internal static class TaskPrinter
{
    public static void PrintList(IReadOnlyList<TaskRow> tasks, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(tasks, Json.Default.IReadOnlyListTaskRow));
            return;
        }

        var table = new Table("NAME", "READS", "WRITES", "DESCRIPTION");
        foreach (TaskRow task in tasks)
        {
            string description = task.Description?.Split('\n')[0] ?? (task.Faults.Count == 1 ? "1 fault" : $"{task.Faults.Count} faults") + ", cannot run: see tasks check";
            table.Add(Text.Plain(task.Name), Listed(task.Reads), Listed(task.Writes), description);
        }

        table.Write(output);
    }

    public static void PrintOne(TaskRow task, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(task, Json.Default.TaskRow));
            return;
        }

        if (task.Faults.Count > 0)
        {
            PrintFaults(task.Faults, json, output);
            return;
        }

        Line("name", Text.Plain(task.Name));
        Line("directory", task.Directory);
        Line("description", task.Description?.Replace("\n", "\n" + new string(' ', 16), StringComparison.Ordinal));
        Line("run", Words(task.Run));
        Line("log", Words(task.Log));
        Line("finish", Words(task.Finish));
        Line("reads", Listed(task.Reads));
        Line("writes", Listed(task.Writes));
        Line("max concurrent", task.MaxConcurrent?.ToString(CultureInfo.InvariantCulture));
        Line("timeout", task.TimeoutSeconds is { } seconds ? $"{Number(seconds)}s, killed {Number(task.TimeoutKillSeconds!.Value)}s later" : null);
        Line("finish timeout", task.Finish is null ? null : $"{Number(task.TimeoutFinishSeconds!.Value)}s");
        Line("user", task.User);
        foreach ((string name, string? value) in task.Environment!)
        {
            Line("env", Text.Plain(value is null ? $"{name} is taken away" : $"{name}={value}"));
        }

        void Line(string label, string? value)
        {
            if (value is { Length: > 0 })
            {
                output.WriteLine($"{label,-16}{value}");
            }
        }
    }

    public static void PrintFaults(IReadOnlyList<TaskFaultRow> faults, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(faults, Json.Default.IReadOnlyListTaskFaultRow));
            return;
        }

        foreach (TaskFaultRow fault in faults)
        {
            output.WriteLine($"{Text.Plain(fault.File)}:{fault.Line}: {fault.Detail}");
        }
    }

    private static string Listed(IReadOnlyList<string>? scopes) => Text.Plain(string.Join(", ", scopes ?? []));

    private static string? Words(IReadOnlyList<string>? words) => words is null ? null : Text.Plain(string.Join(' ', words));

    private static string Number(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);
}
