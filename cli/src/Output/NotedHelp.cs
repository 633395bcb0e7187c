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
        generated.Invoke(parseResult);
        if (parseResult.CommandResult.Command is NotedCommand noted)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(noted.Notes);
        }

        return 0;
    }
}
