using System.CommandLine;

namespace PvExec.Cli.Commands;

internal static class CommandActions
{
    /// <summary>Carries the command out, says the line it ended with and gives its exit code.</summary>
    public static void Does(this Command command, Surroundings surroundings, Func<ParseResult, CancellationToken, Task<Ended>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Ended ended = await action(parsed, cancellationToken);
            if (ended.Line is { } line)
            {
                surroundings.Error.WriteLine($"{CommandLine.Program}: {line.ReplaceLineEndings(" ")}");
            }

            return ended.Code;
        });
}
