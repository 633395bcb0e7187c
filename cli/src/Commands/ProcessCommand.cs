using System.CommandLine;
using PvExec.Cli.Calls;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary><c>process [-start-cmd CMD] [-run-path DIR] NAME enable|disable|restart|state</c>: keeps a process.</summary>
internal static class ProcessCommand
{
    private const string Notes = """
        CMD is split into words at blanks; '…', "…" and \ quote as in a shell, but no shell runs and nothing is expanded.
        state prints NOT_RUNNING, STARTING (it does not listen on a TCP port yet), RUNNING or FINISHED.

        Example:
          pv_exec process -start-cmd "node server.js" -listening-port 8080 web enable
          pv_exec process web state

        """;

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        var startCommand = new LastOption("CMD", "the command, for enable and restart", "-start-cmd", "--start-cmd");
        var runPath = new LastOption("DIR", "working directory (default: the current one)", "-run-path", "--run-path");
        var port = new LastOption("PORT", "where its port is exposed, on all interfaces (default 0: nowhere)", "-listening-port", "--listening-port");
        var variables = new Option<string[]>("-env", "--env") { Description = "a variable for the process; repeatable", HelpName = "KEY=VALUE" };
        var name = new Argument<string>("NAME") { Description = "the process's name" };
        var action = new Argument<string>("ACTION") { HelpName = "enable|disable|restart|state", Description = "what to do" };
        var command = new NotedCommand("process", "Starts, stops, restarts or looks at a process.", Notes) { startCommand, runPath, port, variables, name, action };
        command.Does(surroundings, async (parsed, cancellationToken) =>
        {
            var words = new ProcessWords(
                parsed.GetRequiredValue(name),
                parsed.GetRequiredValue(action),
                startCommand.Last(parsed),
                Path.GetFullPath(runPath.Last(parsed) is { Length: > 0 } directory ? directory : ".", surroundings.WorkingDirectory),
                port.Last(parsed),
                parsed.GetValue(variables) ?? []);
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault)
                || !words.ToCall().TryGet(out ProcessCall? call, out fault))
            {
                return Ended.With(fault);
            }

            return await DaemonCall.MakeAsync(target, channel => call.MakeAsync(channel, surroundings, cancellationToken), cancellationToken);
        });
        return command;
    }
}
