using System.CommandLine;
using PvExec.Cli.Calls;
using PvExec.Cli.Core;
using PvExec.Cli.Output;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Cli.Commands;

/// <summary><c>runs show|logs|cancel|signal ID</c>: one run.</summary>
internal static class RunCommands
{
    private const string LogsNotes = """
        Standard output and standard error are printed there, as bytes. Only the beginning and the end of a stream are
        kept: what is missing is said on standard error. The exit code says nothing of the task's.

        """;

    private const string CancelNotes = """
        Comes back when the run has ended. One that had ended before is no error: a line on standard error says how.

        """;

    private static readonly Dictionary<string, V1.SignalTarget> s_targets = new()
    {
        ["leader"] = V1.SignalTarget.Leader,
        ["group"] = V1.SignalTarget.Group,
        ["tree"] = V1.SignalTarget.Tree,
    };

    public static Command Show(DaemonAddress address, Option<bool> json, Surroundings surroundings)
    {
        var command = new NotedCommand("show", "Shows all that is known of a run.", "");
        Does(command, address, surroundings, async (tasks, id, parsed, cancellationToken) =>
            Print(await tasks.GetRunAsync(new V1.GetRunRequest { RunId = id }, cancellationToken: cancellationToken), parsed.GetValue(json), surroundings));
        return command;
    }

    public static Command Logs(DaemonAddress address, Option<bool> json, Surroundings surroundings)
    {
        var follow = new Option<bool>("-follow", "--follow", "-f") { Description = "go on to the end of the run" };
        var command = new NotedCommand("logs", "Prints the output of a run.", LogsNotes) { Refused = [json] };
        command.Add(follow);
        Does(command, address, surroundings, async (tasks, id, parsed, cancellationToken) => parsed.GetValue(json)
            ? Ended.Usage("--json is not for 'runs logs', which prints a run's output as it is: leave it out, or take 'runs show'")
            : await new RunLogs(tasks, surroundings).PrintAsync(id, parsed.GetValue(follow), cancellationToken));
        return command;
    }

    public static Command Cancel(DaemonAddress address, Option<bool> json, Surroundings surroundings)
    {
        var command = new NotedCommand("cancel", "Withdraws a run that waits, or ends one that runs with all its processes: SIGTERM, later SIGKILL.", CancelNotes);
        Does(command, address, surroundings, async (tasks, id, parsed, cancellationToken) =>
        {
            V1.Run before = await tasks.GetRunAsync(new V1.GetRunRequest { RunId = id }, cancellationToken: cancellationToken);
            if (before.State is V1.RunState.Ended or V1.RunState.NotRun)
            {
                RunRow row = RunRow.From(before, surroundings.Clock.GetUtcNow());
                string how = row.Ended is { } ended ? $"had ended already, at {Text.Time(ended)}: {(row.ExitCode is null ? "" : "exit code ")}{row.Exit}" : $"was not run: {row.Exit}";
                surroundings.Error.WriteLine($"{CommandLine.Program}: run {id} {Text.Plain(how)}");
            }

            V1.Run run = await tasks.CancelAsync(new V1.CancelRequest { RunId = id }, cancellationToken: cancellationToken);
            return parsed.GetValue(json) ? Print(run, json: true, surroundings) : Ended.Well;
        });
        return command;
    }

    public static Command Signal(DaemonAddress address, Option<bool> json, Surroundings surroundings)
    {
        var signal = new Argument<string>("SIGNAL") { Description = "a name such as TERM or HUP, or a number" };
        var whom = new LastOption("WHOM", "leader (the process of run), group (its process group), tree (all descendants; the default)", "-target", "--target");
        var command = new NotedCommand("signal", "Sends a signal to the processes of a run that runs.", "");
        Does(command, address, surroundings, async (tasks, id, parsed, cancellationToken) =>
        {
            string name = whom.Last(parsed) ?? "tree";
            if (!SignalName.Parse(parsed.GetRequiredValue(signal)).TryGet(out int number, out Fault? fault))
            {
                return Ended.With(fault);
            }

            if (!s_targets.TryGetValue(name, out V1.SignalTarget target))
            {
                return Ended.Usage($"--target '{name}' is none of {string.Join(", ", s_targets.Keys)}");
            }

            V1.Run run = await tasks.SignalAsync(new V1.SignalRequest { RunId = id, Signal = number, Target = target }, cancellationToken: cancellationToken);
            return parsed.GetValue(json) ? Print(run, json: true, surroundings) : Ended.Well;
        });
        command.Add(signal);
        command.Add(whom);
        return command;
    }

    private static Ended Print(V1.Run run, bool json, Surroundings surroundings)
    {
        RunPrinter.PrintOne(RunRow.From(run, surroundings.Clock.GetUtcNow()), json, surroundings.Out);
        return Ended.Well;
    }

    private static void Does(
        NotedCommand command, DaemonAddress address, Surroundings surroundings,
        Func<V1.Tasks.TasksClient, string, ParseResult, CancellationToken, Task<Ended>> action)
    {
        var id = new Argument<string>("ID") { Description = "the run's id, from 'runs' or 'exec --json'" };
        command.Add(id);
        command.TakesSignals = true;
        command.Does(surroundings, async (parsed, _) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
            {
                return Ended.With(fault);
            }

            using ICallerSignals signals = surroundings.TakeSignals();
            return await DaemonCall.MakeAsync(
                target,
                channel => Interruption.UntilAsync(signals, stop => action(new V1.Tasks.TasksClient(channel), parsed.GetRequiredValue(id), parsed, stop)),
                CancellationToken.None);
        });
    }
}
