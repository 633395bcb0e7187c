using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace PvExec.Cli.Output;

/// <summary>Prints <c>pv_exec 0.1.0</c>.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        string? version = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine($"{CommandLine.Program} {version?.Split('+')[0]}");
        return 0;
    }
}
