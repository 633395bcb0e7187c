using System.CommandLine;

namespace PvExec.Cli.Commands;

/// <summary>A command whose help ends with notes.</summary>
internal sealed class NotedCommand(string name, string description, string notes) : Command(name, description)
{
    /// <summary>Whole lines.</summary>
    public string Notes { get; } = notes;

    /// <summary>Options of the command above that are not for this one.</summary>
    public IReadOnlyList<Option> Refused { get; init; } = [];

    /// <summary>It acts on signals itself, in place of being cancelled by them.</summary>
    public bool TakesSignals { get; set; }
}
