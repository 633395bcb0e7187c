using Microsoft.Extensions.Logging.Console;

namespace PvExec.Hosting.Logging;

internal sealed class OneLineFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>What each line starts with.</summary>
    public string Program { get; set; } = "";
}
