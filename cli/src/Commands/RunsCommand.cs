using System.CommandLine;
using Grpc.Net.Client;
using PvExec.Cli.Calls;
using PvExec.Cli.Output;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Cli.Commands;

/// <summary><c>runs</c>: the runs of tasks that the daemon knows, and what may be done with one.</summary>
internal static class RunsCommand
{
    private const string Notes = """
        FOR is how long a run has waited or run so far, or how long it ran. With --follow each run is a line when it is
        asked for, starts and ends (--json: an object a line), until Ctrl-C. A daemon that is gone is called again for
        30 s, which a line on standard error says.

        """;

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        Option<bool> json = JsonOption.Create();
        json.Recursive = true;
        var follow = new Option<bool>("-follow", "--follow", "-f") { Description = "go on with what changes" };
        var task = new LastOption("NAME", "only the runs of this task", "-task", "--task");
        var live = new Option<bool>("-live", "--live") { Description = "only the runs that have not ended" };
        var command = new NotedCommand("runs", "Lists the runs of tasks that wait, run, or ended last.", Notes) { json, follow, task, live };
        command.Add(RunCommands.Show(address, json, surroundings));
        command.Add(RunCommands.Logs(address, json, surroundings));
        command.Add(RunCommands.Cancel(address, json, surroundings));
        command.Add(RunCommands.Signal(address, json, surroundings));
        command.TakesSignals = true;
        command.Does(surroundings, async (parsed, _) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
            {
                return Ended.With(fault);
            }

            if (task.Last(parsed) is "")
            {
                return Ended.Usage("--task '' names no task: name one, or leave --task out to see the runs of all");
            }

            using ICallerSignals signals = surroundings.TakeSignals();
            return await DaemonCall.MakeAsync(target, channel => Interruption.UntilAsync(signals, stop => CallAsync(channel, stop)), CancellationToken.None);

            async Task<Ended> CallAsync(GrpcChannel channel, CancellationToken cancellationToken)
            {
                var tasks = new V1.Tasks.TasksClient(channel);
                string name = task.Last(parsed) ?? "";
                if (parsed.GetValue(follow))
                {
                    var watched = new WatchedRuns(tasks, target, surroundings);
                    return await UnreadOutput.EndsAsync(
                        surroundings, Task.CompletedTask, over => watched.FollowAsync(name, parsed.GetValue(live), parsed.GetValue(json), over), cancellationToken);
                }

                V1.ListRunsResponse answer = await tasks.ListRunsAsync(
                    new V1.ListRunsRequest { TaskName = name, LiveOnly = parsed.GetValue(live) }, cancellationToken: cancellationToken);
                DateTimeOffset now = surroundings.Clock.GetUtcNow();
                RunPrinter.Print([.. answer.Runs.Select(run => RunRow.From(run, now))], parsed.GetValue(json), surroundings.Out);
                return Ended.Well;
            }
        });
        return command;
    }
}
