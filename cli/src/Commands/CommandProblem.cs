using System.CommandLine;
using System.CommandLine.Parsing;
using PvExec.Kernel;

namespace PvExec.Cli.Commands;

/// <summary>What is wrong with a command line that could not be parsed: the offending word, and what to give in its place.</summary>
internal static class CommandProblem
{
    /// <param name="parsed">Has errors, or names no command.</param>
    /// <param name="words">As they were given.</param>
    /// <param name="address">A port that is none explains best why the word behind it is none, either: <c>-p daemon</c>.</param>
    public static string Describe(ParseResult parsed, IReadOnlyList<string> words, DaemonAddress address)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.Errors.Select(error => error.SymbolResult).OfType<OptionResult>().FirstOrDefault(result => result.Tokens.Count == 0) is { } bare)
        {
            return $"{bare.IdentifierToken?.Value ?? bare.Option.Name} needs a value: {bare.Option.HelpName ?? "true or false"}, {bare.Option.Description}";
        }

        if (!address.GivenPort(parsed).Succeeded(out Fault? fault))
        {
            return fault.Detail;
        }

        return parsed.UnmatchedTokens.FirstOrDefault() switch
        {
            { } word when words.FirstOrDefault(one => one.StartsWith('-') && one.EndsWith('=' + word, StringComparison.Ordinal)) is { } together =>
                $"'{together}': {together[..together.IndexOf('=')]} is true or false, or stands alone",
            { } word when word.StartsWith('-') => $"unknown option '{word}'",
            { } word when command.Subcommands.Any() => $"unknown command '{word}': name one of {Names(command)}",
            { } word => $"unexpected argument '{word}'",
            null when command.Subcommands.Any() && command.Action is null => $"no command is given: name one of {Names(command)}",
            null when Missing(parsed) is { } missing => $"{Of(command)} needs {missing.HelpName ?? missing.Name}: {missing.Description}",
            null => parsed.Errors[0].Message,
        };
    }

    private static Argument? Missing(ParseResult parsed) => parsed.CommandResult.Command.Arguments.FirstOrDefault(
        argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is null or { Tokens.Count: 0 });

    private static string Of(Command command) => command is RootCommand ? CommandLine.Program : $"'{command.Name}'";

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Select(one => one.Name));
}
