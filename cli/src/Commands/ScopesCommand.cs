using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using Grpc.Net.Client;
using PvExec.Cli.Calls;
using PvExec.Cli.Output;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Cli.Commands;

/// <summary><c>scopes</c>: who holds each scope and who waits for it.</summary>
internal static class ScopesCommand
{
    private const string Notes = """
        REASON is a task's name and HOLDER its run, or what a service or client does and its name. FOR is how long it
        has held the scope, or waited for it.
        With --watch a terminal shows the scopes as they are at each moment, until Ctrl-C. Where the output is no terminal
        each scope that changes is a line (--json: an object a line); the first lines are those in use at the start.
        A daemon that is gone is called again for 30 s, which a line on standard error says.

        """;

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        Option<bool> json = JsonOption.Create();
        var watch = new Option<bool>("-watch", "--watch") { Description = "go on with what changes" };
        var scope = new Argument<string?>("SCOPE")
        {
            Description = "only this scope, those in it and those that hold it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new NotedCommand("scopes", "Shows who holds each scope and who waits for it.", Notes) { json, watch, scope };
        command.TakesSignals = true;
        command.Does(surroundings, async (parsed, _) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault))
            {
                return Ended.With(fault);
            }

            if (parsed.GetValue(scope) is ['-', ..] option && parsed.Tokens.All(token => token.Type != TokenType.DoubleDash))
            {
                return Ended.Usage($"unknown option '{option}': see '{CommandLine.Program} scopes --help'; a scope of that name stands behind --");
            }

            if (parsed.GetValue(scope) is "")
            {
                return Ended.Usage("'' is no scope: name one, such as src/app, or leave it out to see all");
            }

            using ICallerSignals signals = surroundings.TakeSignals();
            return await DaemonCall.MakeAsync(target, channel => Interruption.UntilAsync(signals, stop => CallAsync(channel, stop)), CancellationToken.None);

            async Task<Ended> CallAsync(GrpcChannel channel, CancellationToken cancellationToken)
            {
                var watched = new WatchedScopes(new V1.Tasks.TasksClient(channel), parsed.GetValue(scope) ?? "", target, surroundings);
                return parsed.GetValue(watch)
                    ? await UnreadOutput.EndsAsync(surroundings, Task.CompletedTask, over => watched.FollowAsync(parsed.GetValue(json), over), cancellationToken)
                    : await watched.ShowAsync(parsed.GetValue(json), cancellationToken);
            }
        });
        return command;
    }
}
