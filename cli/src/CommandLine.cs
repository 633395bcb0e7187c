using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PvExec.Cli.Calls;
using PvExec.Cli.Commands;
using PvExec.Cli.Core;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli;

/// <summary>The command line as a whole: every name is accepted with one dash and with two.</summary>
public static class CommandLine
{
    public const string Program = "pv_exec";

    /// <summary>How long a command that a signal has cancelled may take to end.</summary>
    private static readonly TimeSpan s_cancellation = TimeSpan.FromSeconds(2);

    private static readonly ParserConfiguration Parsing = new()
    {
        // -start-cmd is one name, not a bundle of letters, and @x is a value like any other.
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <returns>The exit code: one of <see cref="ExitCodes"/>, or that of the task for <c>exec -w</c>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        // The runtime has put U+FFFD in place of bytes that are no UTF-8: going on would name another file.
        if (arguments.FirstOrDefault(word => word.Contains('\uFFFD')) is { } garbled)
        {
            surroundings.Error.WriteLine($"{Program}: '{garbled}' is not UTF-8: names and values travel as UTF-8 text");
            return ExitCodes.Usage;
        }

        if (!TaskWords.Cut(arguments).TryGet(out TaskWords? words, out Fault? fault))
        {
            surroundings.Error.WriteLine($"{Program}: {fault.Detail}");
            return ExitCodes.Usage;
        }

        var daemon = new DaemonAddress();
        RootCommand root = Root(daemon, surroundings, words.Variables);
        ParseResult parsed = root.Parse(EmptyValues.Apart(root, words.Command), Parsing);
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
        {
            string command = string.Join(' ', CommandNames(parsed));
            string problem = CommandProblem.Describe(parsed, arguments, daemon).ReplaceLineEndings(" ").TrimEnd('.');
            surroundings.Error.WriteLine($"{Program}: {problem}: see '{command} --help'");
            return ExitCodes.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = parsed.CommandResult.Command is NotedCommand { TakesSignals: true } ? null : s_cancellation,
        };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (IOException e) when (UnreadOutput.Is(e))
        {
            return UnreadOutput.End.Code;
        }
        catch (IOException e)
        {
            surroundings.Error.WriteLine($"{Program}: cannot write the answer: {UnreadOutput.Why(e)}");
            return ExitCodes.System;
        }
    }

    private static RootCommand Root(DaemonAddress daemon, Surroundings surroundings, IReadOnlyList<string> variables)
    {
        var root = new RootCommand("Runs tasks, keeps processes and a worktree, and starts the daemon that does so.");
        root.Directives.Clear();
        root.Options.Clear();
        root.Add(daemon.Port);
        root.Add(daemon.Host);
        root.Add(DaemonCommand.Create(daemon, surroundings));
        root.Add(ExecCommand.Create(daemon, variables, surroundings));
        root.Add(RunsCommand.Create(daemon, surroundings));
        root.Add(ScopesCommand.Create(daemon, surroundings));
        root.Add(ProcessCommand.Create(daemon, surroundings));
        root.Add(ProcessesCommand.Create(daemon, surroundings));
        root.Add(WorktreeCommand.Create(daemon, surroundings));
        root.Add(ServicesCommand.Create(daemon, surroundings));
        root.Add(TasksCommand.Create(daemon, surroundings));
        root.Add(new HelpOption("--help", "-help", "-h", "-?") { Action = new NotedHelp(new HelpAction(), daemon), Recursive = true });
        root.Add(new VersionOption("--version", "-version") { Action = new VersionText() });
        return root;
    }

    private static IEnumerable<string> CommandNames(ParseResult parsed)
    {
        yield return Program;
        if (parsed.CommandResult.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand and var parent })
        {
            yield return parent.Name;
        }

        if (parsed.CommandResult.Command is not RootCommand and var command)
        {
            yield return command.Name;
        }
    }
}
