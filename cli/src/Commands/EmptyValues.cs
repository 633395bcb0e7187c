using System.CommandLine;
using PvExec.Kernel.Configuration;

namespace PvExec.Cli.Commands;

/// <summary>
/// Words such as <c>-host=</c>, which scripts write as <c>-host=$HOST</c>: an empty value, so as if it were not given. The parser would
/// take the next word for the value.
/// </summary>
internal static class EmptyValues
{
    private const string DaemonCommand = "daemon";

    /// <summary>Writes each of them as two words. What <c>daemon</c> is given, pv-init reads.</summary>
    public static IReadOnlyList<string> Apart(Command root, IReadOnlyList<string> words)
    {
        HashSet<string> names = [.. Options(root).OfType<LastOption>().SelectMany(option => option.Aliases.Append(option.Name))];
        int ours = words.TakeWhile(word => word is not (DaemonCommand or FlagValues.CommandFollows)).Count();
        return [.. words.SelectMany((word, at) => at < ours && word.EndsWith('=') && names.Contains(word[..^1]) ? new[] { word[..^1], "" } : [word])];
    }

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));
}
