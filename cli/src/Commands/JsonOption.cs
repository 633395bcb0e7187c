using System.CommandLine;

namespace PvExec.Cli.Commands;

internal static class JsonOption
{
    public static Option<bool> Create() => new("-json", "--json") { Description = "print JSON" };
}
