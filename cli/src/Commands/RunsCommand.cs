using System.CommandLine;
using Grpc.Net.Client;
using PvExec.Cli.Calls;
using PvExec.Cli.Output;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Cli.Commands;

/// <summary><c>runs</c>: the runs of tasks that the daemon knows.</summary>
internal static class RunsCommand
{
    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        Option<bool> json = JsonOption.Create();
        var command = new Command("runs", "Lists the runs of tasks that wait, run, or ended last.") { json };
        command.Does(surroundings, async (parsed, cancellationToken) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
            {
                return Ended.With(fault);
            }

            return await DaemonCall.MakeAsync(target, CallAsync, cancellationToken);

            async Task<Ended> CallAsync(GrpcChannel channel)
            {
                V1.ListRunsResponse answer = await new V1.Tasks.TasksClient(channel).ListRunsAsync(new V1.ListRunsRequest(), cancellationToken: cancellationToken);
                RunPrinter.Print([.. answer.Runs.Select(RunRow.From)], parsed.GetValue(json), surroundings.Out);
                return Ended.Well;
            }
        });
        return command;
    }
}
