using System.Globalization;
using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>How a task ended, from the trailers of its call.</summary>
public static class TaskExit
{
    public const string CodeTrailer = "pv-exit-code";
    public const string SignalTrailer = "pv-exit-signal";

    /// <summary>The last of what a failed task printed on standard error.</summary>
    public const string ErrorsTrailer = "pv-stderr-bin";

    /// <summary>What a shell would report; 0 when the daemon says nothing (an older one does not).</summary>
    public static int ShellCode(string? code, string? signal)
    {
        if (Number(code) is { } exited)
        {
            return ExitStatus.Exited(exited).ShellCode;
        }

        return Number(signal) is { } killed ? ExitStatus.Signaled(killed).ShellCode : 0;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 255 ? number : null;
}
