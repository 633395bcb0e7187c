using System.CommandLine;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Tasks.Adapters;

namespace PvExec.Cli.Commands;

/// <summary><c>-exec-config-root DIR</c>, as for the daemon: its variable stands in for it.</summary>
internal sealed class ConfigRootOption(Surroundings surroundings)
{
    public Option<string[]> Option { get; } = new("-" + DaemonFlags.ConfigRoot.Name, "--" + DaemonFlags.ConfigRoot.Name)
    {
        Description = $"{DaemonFlags.ConfigRoot.Help} (or ${DaemonFlags.ConfigRoot.Variable}, separated by colons)",
        HelpName = DaemonFlags.ConfigRoot.Argument,
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The task directories below the roots; InvalidArgument when there is no root, or one that is missing or empty.</summary>
    public Outcome<TaskDirectories> Directories(ParseResult parsed)
    {
        IReadOnlyList<string> roots = parsed.GetValue(Option) is { Length: > 0 } given
            ? given
            : DaemonOptions.Parse([], surroundings.Variable, out _).ConfigRoots;
        if (roots.Count == 0)
        {
            return new Fault(FaultKind.InvalidArgument, $"no -{DaemonFlags.ConfigRoot.Name} is given: name the directories that the daemon looks tasks up in");
        }

        var directories = new TaskDirectories([.. roots.Select(root => Path.GetFullPath(root, surroundings.WorkingDirectory))]);
        return directories.Check().Succeeded(out Fault? fault) ? directories : fault with { Kind = FaultKind.InvalidArgument };
    }
}
