using System.CommandLine;

namespace PvExec.Cli.Commands;

/// <summary>An option with one value; given several times, the last one counts, as for the programs that scripts were written for.</summary>
internal sealed class LastOption : Option<string[]>
{
    public LastOption(string valueName, string description, string name, params string[] aliases)
        : base(name, aliases)
    {
        HelpName = valueName;
        Description = description;
        Arity = ArgumentArity.OneOrMore;
    }

    /// <summary>Null when it is not given.</summary>
    public string? Last(ParseResult parsed) => parsed.GetValue(this) is { Length: > 0 } values ? values[^1] : null;
}
