using System.CommandLine;
using Grpc.Net.Client;
using PvExec.Api.V1;
using PvExec.Cli.Calls;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary><c>processes [NAME]</c>: the processes that are configured, and how they ended.</summary>
internal static class ProcessesCommand
{
    private const string Notes = """
        PORT is what the process listens on, EXPOSED AT the port of all interfaces that leads there. SINCE is when it
        started, or ended. EXIT is its exit code or signal; unknown when it could not be started, or ran under an earlier
        daemon.

        """;

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        Option<bool> json = JsonOption.Create();
        var name = new Argument<string?>("NAME") { Description = "only this process", Arity = ArgumentArity.ZeroOrOne };
        var command = new NotedCommand("processes", "Lists the processes that are kept, and how they ended.", Notes) { json, name };
        command.Does(surroundings, async (parsed, cancellationToken) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
            {
                return Ended.With(fault);
            }

            return await DaemonCall.MakeAsync(target, CallAsync, cancellationToken);

            async Task<Ended> CallAsync(GrpcChannel channel)
            {
                var client = new Processes.ProcessesClient(channel);
                IEnumerable<ProcessStatus> found = parsed.GetValue(name) is { } one
                    ? [await client.GetProcessAsync(new GetProcessRequest { ProcessName = one }, cancellationToken: cancellationToken)]
                    : (await client.ListProcessesAsync(new ListProcessesRequest(), cancellationToken: cancellationToken)).Processes;
                ProcessRow[] rows = [.. found.Select(ProcessRow.From)];
                foreach (ProcessRow row in rows.Where(row => row.PortProblem is not null))
                {
                    surroundings.Error.WriteLine($"{CommandLine.Program}: warning: process '{Text.Plain(row.Name)}': {Text.Plain(row.PortProblem!)}");
                }

                ProcessPrinter.Print(rows, parsed.GetValue(json), surroundings.Out);
                return Ended.Well;
            }
        });
        return command;
    }
}
