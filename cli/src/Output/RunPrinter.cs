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

        var table = new Table("RUN", "TASK", "STATE", "SINCE", "FOR", "EXIT", "WAITS FOR");
        foreach (RunRow run in runs)
        {
            table.Add(run.Id, Text.Plain(run.Task), run.State, Text.Time(run.Since), run.For, Text.Plain(run.Exit), run.Waits);
        }

        table.Write(output);
    }

    /// <summary>A run that has changed, as a line.</summary>
    public static void PrintChange(RunRow run, bool json, TextWriter output) => output.WriteLine(json
        ? JsonSerializer.Serialize(run, JsonLine.Default.RunRow)
        : $"{Text.Time(run.Since)}  {run.Id}  {Text.Plain(run.Task)}  {run.State}{Detail(run)}");

    public static void PrintOne(RunRow run, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(run, Json.Default.RunRow));
            return;
        }

        Line("run", run.Id);
        Line("task", Text.Plain(run.Task));
        Line("state", run.State);
        Line("requested", Text.Time(run.Requested));
        Line("started", run.Started is { } started ? Text.Time(started) : "");
        Line("ended", run.Ended is { } ended ? Text.Time(ended) : "");
        Line("for", run.For);
        Line("exit", Text.Plain(run.Exit));
        Line("finish", Text.Plain(run.Finish?.End ?? ""));
        Line("pid", run.Pid is { } pid && run.Ended is null ? pid.ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
        Line("reads", Text.Plain(string.Join(", ", run.Reads)));
        Line("writes", Text.Plain(string.Join(", ", run.Writes)));
        Line("output", $"{Text.Size(run.StdoutBytes)}, {Text.Size(run.StderrBytes)} on standard error");
        Line("waits for", run.Waits);

        void Line(string label, string value)
        {
            if (value.Length > 0)
            {
                output.WriteLine($"{label,-11}{value}");
            }
        }
    }

    private static string Detail(RunRow run) => run switch
    {
        { Waits.Length: > 0 } => $" for {run.Waits}",
        { ExitCode: not null } or { ExitSignal: not null } => $" {Text.Plain(run.Exit)} after {run.For}{(run.Finish is { HasFailed: true } finish ? $", finish {Text.Plain(finish.End)}" : "")}",
        { Reason: { } reason } => $": {Text.Plain(reason)}",
        _ => "",
    };
}
