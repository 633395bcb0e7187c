using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PvExec.Cli.Commands;

namespace PvExec.Cli.Output;

/// <summary>The generated help, and what a command has to say beyond its arguments.</summary>
internal sealed class NotedHelp(HelpAction generated, DaemonAddress address) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        address.HideWhereRefused(parseResult.CommandResult);
        var noted = parseResult.CommandResult.Command as NotedCommand;
        foreach (Option refused in noted?.Refused ?? [])
        {
            refused.Hidden = true;
        }

        generated.Invoke(parseResult);
        if (noted is not null)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(noted.Notes);
        }

        return 0;
    }
}
